# English. The file every other language is made from, and what is said where another language lacks an entry.
#
# An entry's name is a code of the program: do not change it. `{ $values }` are filled in by the program; each may be left out
# or used twice. `.advice` is the second sentence: what to do. Numbers: NUMBER($x) writes a number as the language does, with
# at most three decimals; minimumFractionDigits and maximumFractionDigits round it; style: "percent" makes 0.12 into 12%.
# Words in quotes before an arrow stay as they are: `{ $side -> [left] left *[right] right }` chooses by the value or by the
# number's plural form (one, other; more in other languages).

### What the quality check found ---------------------------------------------------------------------------------------

## The file

finding-slow_motion_confirmed = Filmed in slow motion: staff confirmed that the clip plays { $times } times slower than life, and all times were divided by that.
finding-interlaced = The clip is interlaced: both half pictures of each stored frame are used as frames of their own, with every second line filled in.
finding-high_range = The clip has high dynamic range ({ $transfer }): its brightness was brought to that of an ordinary clip.
finding-picture_resized = The picture changes its size on the way: frames of { $others } were brought to { $width_px } x { $height_px } pixels.
finding-picture_turned = { $turns ->
        [2] The picture stands on its head: it was turned round.
        [1] The picture lies on its side: it was turned by a quarter to the left.
       *[3] The picture lies on its side: it was turned by a quarter to the right.
    }
finding-picture_unmirrored = This camera mirrors, as staff confirmed: its pictures were turned the right way round.
finding-sides_unconfirmed = Nobody has confirmed for this camera that it does not mirror. If it does, left and right are exchanged in this result.
    .advice = Answer the question about the left foot at the next clip of this camera: it is asked once.
finding-edit_rate = The file says that it is to be played { $times } times as fast as it is stored: that is how its times are read.
finding-frame_rate = The clip has { NUMBER($fps, minimumFractionDigits: 1, maximumFractionDigits: 1) } frames per second.
finding-frame_rate-low = The clip has { NUMBER($fps, minimumFractionDigits: 1, maximumFractionDigits: 1) } frames per second: times are coarse and the furthest tilt can fall between two of them.
    .advice = Record with 60 frames per second or more.
finding-frame_rate-too_low = The clip has only { NUMBER($fps, minimumFractionDigits: 1, maximumFractionDigits: 1) } frames per second, so a step is over between a few of them.
    .advice = Record with 60 frames per second or more.
finding-variable_frame_rate = The time between frames varies ({ NUMBER($uneven, style: "percent") } are uneven); every frame's own time is used.
finding-frames_missing = The recording stalls: up to { NUMBER($longest_s, minimumFractionDigits: 2, maximumFractionDigits: 2) } s without a frame.
    .advice = Steps in such a gap are lost. Free the camera from other work and record again if results are thin.
finding-length-too_short = The clip lasts only { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s.
    .advice = Record 20 s of steady running.
finding-length-short = The clip lasts { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s, which may hold fewer than 7 steps of each foot.
    .advice = Record 20 s of steady running.
finding-length-long = The clip lasts { NUMBER($length_s, maximumFractionDigits: 0) } s, so the analysis will take long.
    .advice = 20 s of steady running are enough: cut the clip.
finding-picture_size-small = The picture is { $width_px } x { $height_px } pixels: too coarse for the heel's angle.
    .advice = Record with 720 x 1280 pixels or more, or send the original file rather than a messenger's copy.
finding-picture_size-too_small = The picture is { $width_px } x { $height_px } pixels: too small for the heel's angle.
    .advice = Record with 720 x 1280 pixels or more, or send the original file rather than a messenger's copy.
finding-frames_lost = { NUMBER($share, style: "percent") } of the frames were lost while recording, and the times in the file run on as if none were missing. The legs' motion shows where: the missing time was put back, and times are a little less certain.
    .advice = Close other programs on the recording device, or record with the phone's own camera.
finding-frames_lost-both = { NUMBER($share, style: "percent") } of the frames were lost while recording and { NUMBER($added, style: "percent") } were put in twice, and the times in the file say nothing of it. The legs' motion shows where: times were put right, and are a little less certain.
    .advice = Close other programs on the recording device, or record with the phone's own camera.
finding-frames_lost-somewhere = Frames seem to have been lost while recording, and the times in the file run on as if none were missing. Where cannot be told, so contact times and cadence are uncertain.
    .advice = Close other programs on the recording device, or record with the phone's own camera.
finding-frames_lost-added = { NUMBER($added, style: "percent") } of the frames were put in twice, so the file lasts longer than the run did. The legs' motion shows where: times were put right, and are a little less certain.
    .advice = Send the camera's original file.
finding-repeated_frames = { NUMBER($share, style: "percent") } of the frames repeat the one before: of { NUMBER($fps, maximumFractionDigits: 0) } per second only { NUMBER($true_fps, maximumFractionDigits: 0) } are new, so times are coarser than they look.
    .advice = Send the camera's original file, and switch on more light: many cameras repeat frames when it is dark.
finding-repeated_frames-too_few_new = { NUMBER($share, style: "percent") } of the frames repeat the one before: of { NUMBER($fps, maximumFractionDigits: 0) } per second only { NUMBER($true_fps, maximumFractionDigits: 0) } are new, so a step is over between a few of them.
    .advice = Send the camera's original file, and switch on more light: many cameras repeat frames when it is dark.

## Light and sharpness

finding-too_dark = The picture is too dark to see the runner.
    .advice = Switch on more light, or let the camera use a longer exposure, and record again.
finding-dim = The picture is dim: noise and motion blur will widen the intervals.
    .advice = More light on the runner's heels helps most.
finding-overexposed = More than half of the picture is overexposed.
    .advice = Do not film against a window; lower the exposure.
finding-still_picture = Nothing moves in this clip.
    .advice = Choose the clip of the run.
finding-flicker = The light flickers or the camera keeps changing its exposure ({ NUMBER($flicker, style: "percent") }).
    .advice = Lock the exposure; under flickering lamps set the shutter to 1/100 s (1/120 s on a 60 Hz mains).
finding-blurred = The whole picture is blurred: out of focus, or the lens is dirty.
    .advice = Wipe the lens, tap on the runner's feet to focus, and record again.
finding-heel_dark = The { $side ->
        [left] left
       *[right] right
    } heel is too dark.
    .advice = Put a lamp beside the camera, pointed at the heels.
finding-heel_flat = The { $side ->
        [left] left
       *[right] right
    } heel does not stand out from what is behind it.
    .advice = More light on the heels, or stick-on dots on shoe and calf, give the eye something to hold on to.
finding-heel_blurred = The { $side ->
        [left] left
       *[right] right
    } heel is blurred while it is on the ground.
    .advice = More light lets the camera use a shorter exposure; tap on the feet to focus.

## The runner

finding-no_runner = There is no runner to be seen in this clip.
    .advice = Film the runner from behind, the whole body in the picture, and check that nothing stands in between.
finding-no_runner-hardly = A person-like figure is seen in only { NUMBER($share, style: "percent") } of the clip.
    .advice = Film the runner from behind, the whole body in the picture, and check that nothing stands in between.
finding-no_runner-few_frames = Only { $looked_at } { $looked_at ->
        [one] frame
       *[other] frames
    } of the clip could be looked at, { $frames } of them with a person.
    .advice = Export the clip again as MP4 (H.264), or copy it from the camera once more.
finding-no_runner-changes_size = What gait follows changes its size by { NUMBER($spread, style: "percent") } and is not one runner on a treadmill.
    .advice = Film the runner from behind, the whole body in the picture, and check that nothing stands in between.
finding-no_runner-nobody = Nobody is seen in any of { $pictures } pictures of the clip.
    .advice = Film the runner from behind, the whole body in the picture, with enough light.
finding-runner_lost = The runner is seen in only { NUMBER($share, style: "percent") } of the clip.
    .advice = Cut the clip to the run.
finding-runner_chosen = Another person is seen in { $seen } of { $pictures } pictures; the one staff chose was taken.
finding-several_people-in_pictures = Several people are seen in { $seen } of { $pictures } pictures: which one is the runner?
    .advice = Choose the runner, or ask the others to step aside and record again.
finding-several_people-one_runs = Another person is seen in { $seen } of { $pictures } pictures; the one who runs was taken.
    .advice = Look at the overlay video: the skeleton must be on the runner. Ask others to step aside.
finding-several_people-followed_stands = Another person is seen in { $seen } of { $pictures } pictures, and the one gait follows does not run: which one is the runner?
    .advice = Choose the runner on the New analysis page, or add --runner-at X,Y to the command (shares of the picture's width and height); better ask others to step aside and record again.
finding-several_people-jumps = gait lost the runner and followed another figure { $jumps } { $jumps ->
        [one] time
       *[other] times
    }: which one is the runner?
    .advice = Only the runner should be in the picture: ask others to step aside and record again.
finding-points_misplaced = The key points lie elsewhere than the runner in this clip: { NUMBER($torsos, maximumFractionDigits: 1) } lengths of the trunk away.
    .advice = Give the points of this very clip, as it was when the other program read it.
finding-points_misplaced-sides = The key points have the runner's left and right exchanged.
    .advice = Left and right are the runner's own. If the camera mirrors, say so with --mirrored.
finding-legs_confused = gait mistook the left leg for the right one in { NUMBER($share, style: "percent") } of the frames; that was put right.
    .advice = Look at the overlay video: the left leg's colour must stay on the left leg.
finding-runner_small-small = The runner's lower leg is { NUMBER($shank_px, maximumFractionDigits: 0) } pixels long, which makes the heel's angle coarse.
    .advice = Come closer, zoom in, hold the phone upright or record at a higher resolution.
finding-runner_small-too_small = The runner's lower leg is { NUMBER($shank_px, maximumFractionDigits: 0) } pixels long, too small to measure the heel's angle.
    .advice = Come closer, zoom in, hold the phone upright or record at a higher resolution.
finding-feet_out_of_view-feet = The feet are outside the picture in { NUMBER($share, style: "percent") } of the clip.
    .advice = Step back or tilt the camera down until both feet stay in the picture with some floor below them.
finding-feet_out_of_view-legs = The legs are outside the picture in { NUMBER($share, style: "percent") } of the clip.
    .advice = Step back or tilt the camera down until both feet stay in the picture with some floor below them.
finding-feet_out_of_view-a_foot = A foot on the ground leaves the picture in { NUMBER($share, style: "percent") } of the clip.
    .advice = Step back a little or centre the runner.
finding-feet_at_edge = The soles touch the lower edge of the picture.
    .advice = Tilt the camera down until there is some floor below the feet.
finding-feet_hidden = The feet are hidden or hard to see, so gait guesses where they are.
    .advice = Nothing may stand between the camera and the heels; film from 0.4-0.6 m above the belt with more light.

## Where the camera stands

finding-not_behind = { $view ->
        [side] The runner is filmed from the side
        [front] The runner is filmed from the front
       *[unknown] It is not clear from where the runner is filmed
    }: the heel's tilt cannot be seen, so there is no label; the timing of the steps still holds.
    .advice = For a label put the camera straight behind the treadmill.
finding-camera_rolled = The camera is rolled by about { NUMBER($roll_deg, maximumFractionDigits: 0) }°: its { $lower ->
        [left] left
       *[right] right
    } side is too low.
    .advice = Level the camera.
finding-lens_bends = The camera's lens bends straight lines, as a wide one does. The picture was straightened before the heel was measured.
    .advice = Film from farther away and zoom in, not with the wide camera.
finding-camera_aside = The camera is not straight behind the runner but about { NUMBER($yaw_deg, maximumFractionDigits: 0) }° to one side.
    .advice = Put the camera on the treadmill's middle line; 2° aside cost about 1° of tilt.
finding-runner_off_centre = The runner is far to the { $side ->
        [left] left
       *[right] right
    } of the picture.
    .advice = Point the camera along the treadmill's middle line.

## The movement

finding-not_running-in_pictures = The person stands still in every picture: the legs do not move.
    .advice = Choose the clip of the run; the standing clip has a place of its own.
finding-not_running-stands = The person stands still: the legs do not swing.
    .advice = Record 20 s of steady running on the treadmill.
finding-not_running-no_rhythm = The person moves but does not run: there is no steady rhythm of steps.
    .advice = Record 20 s of steady running on the treadmill.
finding-not_running-jumps = The person jumps or skips: { NUMBER($cadence_spm, maximumFractionDigits: 0) } springy steps a minute are not running.
    .advice = Record 20 s of steady running on the treadmill.
finding-not_running-walks = The person walks: { NUMBER($cadence_spm, maximumFractionDigits: 0) } steps a minute without a spring in them.
    .advice = Record 20 s of steady running on the treadmill.
finding-not_running-walks_fast = The person walks fast: { NUMBER($cadence_spm, maximumFractionDigits: 0) } steps a minute without a spring in them.
    .advice = Record 20 s of steady running on the treadmill.
finding-fast_motion = The clip seems to be played too fast: { NUMBER($cadence_spm, maximumFractionDigits: 0) } steps a minute are more than anybody runs.
    .advice = Use the camera's original file, not a time-lapse.
finding-fast_motion-not_so_slow = The clip is not { $slowed } times slowed: with its times divided by that, { NUMBER($cadence_spm, maximumFractionDigits: 0) } steps a minute are more than anybody runs.
    .advice = Analyse it again as an ordinary clip, or with a smaller factor.
finding-slow_motion = The clip seems to be in slow motion, about { $factor } times slowed: it shows { NUMBER($cadence_spm, maximumFractionDigits: 0) } steps a minute.
    .advice = If it was filmed so, confirm it: press “It was filmed in slow motion ({ $factor }x): analyse again” on its result page, or add --slow-motion { $factor } to the command. Otherwise record at normal speed.
finding-slow_motion-slower_still = The clip seems to be in slow motion, about { $factor } times slowed: it shows { NUMBER($cadence_spm, maximumFractionDigits: 0) } steps a minute. The { $slowed } times that were given are not enough.
    .advice = If it was filmed so, confirm it: press “It was filmed in slow motion ({ $factor }x): analyse again” on its result page, or add --slow-motion { $factor } to the command. Otherwise record at normal speed.
finding-playback_speed-hardly_rises = The body hardly rises between steps: a shuffle, or a clip played at another speed.
    .advice = Check that the clip plays at normal speed; times and cadence depend on it.
finding-playback_speed-as_if_slow = Steps and bounce are those of a clip that plays about { NUMBER($times, maximumFractionDigits: 1) } times slower than life. Some people run like this; if the clip's speed is not true, contact times and cadence are wrong by that much.
    .advice = Ask whether the clip was filmed and saved with the same number of frames per second, and at true speed.
finding-playback_speed-as_if_fast = Steps and bounce are those of a clip that plays about { NUMBER($times, maximumFractionDigits: 1) } times faster than life. Some people run like this; if the clip's speed is not true, contact times and cadence are wrong by that much.
    .advice = Ask whether the clip was filmed and saved with the same number of frames per second, and at true speed.
finding-playback_speed-rises_fast = The body rises too fast between steps: a shuffle, or a clip played at another speed.
    .advice = Check that the clip plays at normal speed; times and cadence depend on it.
finding-too_few_steps = Only { $steps } whole steps of the { $side ->
        [left] left
       *[right] right
    } foot were found; { $needed } are needed for a label.
    .advice = Record 20 s of steady running with both feet in view.
finding-too_few_steps-hardly_any = Only { $steps } whole steps of a foot could be found.
    .advice = Record 20 s of steady running with both feet in view.
finding-too_few_steps-hardly_any_slowed = Only { $steps } whole steps of a foot could be found.
    .advice = Check that the clip is { $slowed } times slowed. Record 20 s of steady running with both feet in view.

## The standing clip

finding-no_standing_clip = Without it the label is less certain, and often “cannot tell”: add 3 s of quiet standing.
finding-standing_no_person = The standing clip does not show a person for half a second or more.
    .advice = Record 3 s of quiet standing on the belt, on both feet, with the camera as in the run.
finding-standing_moves = The person in the standing clip moves about.
    .advice = Record 3 s of quiet standing on the belt, on both feet, with the camera as in the run.
finding-standing_moves-a_little = The person in the standing clip is not quite still.
    .advice = Record 3 s of quiet standing on the belt, on both feet, with the camera as in the run.
finding-standing_one_leg = The person in the standing clip does not stand on both feet.
    .advice = Record 3 s of quiet standing on the belt, on both feet, with the camera as in the run.
finding-standing_view = The standing clip is not filmed from behind as the run is.
    .advice = Record 3 s of quiet standing on the belt, on both feet, with the camera as in the run.
finding-standing_feet_out_of_view = The feet are outside the picture of the standing clip.
    .advice = Record 3 s of quiet standing on the belt, on both feet, with the camera as in the run.
finding-standing_mirrored = The standing clip is mirrored against the run.
    .advice = Record both with the same camera app, and switch the mirroring of the front camera off.
finding-standing_other_place = The standing clip was filmed from another place, or another camera.
    .advice = Leave the camera where it is and record 3 s of quiet standing on the belt, then the run.
finding-standing_camera_moved = The camera was moved or zoomed a little between the standing clip and the run.
    .advice = Leave the camera untouched between the two clips.
finding-standing_camera_moved-too_far = The camera was moved or zoomed between the standing clip and the run.
    .advice = Leave the camera untouched and record 3 s of quiet standing on the belt again.
finding-standing_other_person = The standing clip shows somebody else, or other clothes, than the run.
    .advice = Record 3 s of quiet standing of the person who runs, dressed as on the run.
finding-standing_other_person-body =
    Whoever stands in the standing clip is not built as the runner is: { $measure ->
        [shoulders] other shoulders
        [torso] another height
        [calf] other calves
       *[skin] another colour of the calves
    }.
    .advice = Record 3 s of quiet standing of the person who runs, with the camera as in the run.
finding-standing_doubtful =
    The standing clip may show somebody else, so the result is less certain: { $measure ->
        [shoulders] other shoulders
        [torso] another height
        [calf] other calves
       *[skin] another colour of the calves
    }.
    .advice = If it is another person, record 3 s of quiet standing of the person who runs.
finding-standing_other_shoe = The heels of the run do not look as in the standing clip: another shoe, or they are hidden on the run.
    .advice = Record 3 s of quiet standing in the shoe of this run. If it is the same shoe, film the run from the middle of the belt and lower.
finding-standing_size = The person is { NUMBER($ratio, minimumFractionDigits: 1, maximumFractionDigits: 1) } times as large in the standing clip as in the run: another place or zoom.
    .advice = Record 3 s of quiet standing on the belt, on both feet, with the camera as in the run.

### The first look's list: what was looked at, what it is, what it should be ------------------------------------------

check-frame_rate = Frame rate
check-length = Length
check-picture = Picture
check-light = Light
check-sharpness = Sharpness
check-runner = Runner
check-running = Running
check-feet = Feet
check-size = Size
check-view = View
check-standing = Standing clip

check_fps = { NUMBER($fps, minimumFractionDigits: 1, maximumFractionDigits: 1) } frames per second
check_fps_slowed = { NUMBER($fps, minimumFractionDigits: 1, maximumFractionDigits: 1) } frames per second, slow motion ({ $times } times) taken out
check_least_fps = { NUMBER($fps, maximumFractionDigits: 0) } or more
check_seconds = { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s
check_least_seconds = { NUMBER($length_s, maximumFractionDigits: 0) } s or more
check_pixels = { $width_px } x { $height_px } pixels
check_pixels_upright = { $width_px } x { $height_px } pixels; it lay on its side or its head and was turned upright
check_pixels_turned = { $width_px } x { $height_px } pixels, turned by { $rotation_deg }°
check_least_side = shorter side { $side_px } or more
check_light = brightness { NUMBER($lights, maximumFractionDigits: 0) } of 255
check_light_flicker = brightness { NUMBER($lights, maximumFractionDigits: 0) } of 255, flicker { NUMBER($flicker, style: "percent") }
check_least_light = { NUMBER($lights, maximumFractionDigits: 0) } or more, { NUMBER($flicker, style: "percent") } or less
check_blur = edges blurred by { NUMBER($blur_px, minimumFractionDigits: 1, maximumFractionDigits: 1) } pixels
check_most_blur = { NUMBER($blur_px, maximumFractionDigits: 0) } or less
check_nothing_moves = nothing moves
check_nobody = nobody
check_one_person = one person, seen in { $seen } of { $pictures } pictures
check_people = { $people } people
check_people_chosen = { $people } people, one of them chosen
check_one = one
check_swing = the legs swing by { NUMBER($shanks, minimumFractionDigits: 1, maximumFractionDigits: 1) } lower-leg lengths
check_least_swing = { $shanks } or more
check_feet_inside = both in { NUMBER($share, style: "percent") } of the pictures
check_least_share = { NUMBER($share, style: "percent") } or more
check_shank = lower leg { NUMBER($shank_px, maximumFractionDigits: 0) } pixels
check_least_shank = { NUMBER($shank_px, maximumFractionDigits: 0) } or more
check_view = { $view ->
        [rear] from behind
        [front] from the front
        [side] from the side
       *[unknown] cannot be told
    }
check_missing = missing
check_chosen = chosen
check_standing_wanted = 3 s of quiet standing
check_standing_as_run = quiet, from behind, as the run

### What is done at the moment ----------------------------------------------------------------------------------------

stage-following = Following the runner
stage-looking = Looking at the clip
stage-steps = Finding the steps
stage-heels = Measuring the heels
stage-standing = Reading the standing clip
stage-drawing_steps = Drawing the steps
stage-pdf = Setting the PDF
stage-keeping = Keeping the legs of the clip
stage-overlay = Drawing the overlay video

### Said while the camera is being set up ------------------------------------------------------------------------------

do_no_runner = Nobody is seen whole: the runner should stand on the belt, from the shoulders to the feet in the picture.
do_too_dark = Too dark: switch on more light.
do_dim = Dim: more light on the runner's heels.
do_overexposed = Too bright: do not film against a window.
do_flicker = The light flickers: lock the exposure, or choose a shutter of 1/100 s.
do_blurred = Out of focus: wipe the lens, then tap on the feet to focus.
do_feet_out_of_view = Step back or tilt the camera down until both feet are visible, with some floor below them.
do_feet_at_edge = Tilt the camera down a little: some floor must show below the feet.
do_feet_hidden = Something hides the feet: nothing may stand between the camera and the heels.
do_runner_small = Come closer, zoom in or turn the camera upright: the lower legs are too small.
do_picture_size = Choose a larger picture: the heel is too coarse at this one.
do_not_behind = The camera is not behind the runner{ $view ->
        [side] {" "}but at the side
        [front] {" "}but in front
       *[unknown] {""}
    }: put it straight behind the treadmill.
do_camera_aside = The camera is not straight behind the runner but about { NUMBER($yaw_deg, maximumFractionDigits: 0) }° to one side. Put it on the treadmill's middle line.
do_slow = The camera delivers only { NUMBER($fps, maximumFractionDigits: 0) } frames per second: choose 60 or more if it can.
do_slow_dark = The camera delivers only { NUMBER($fps, maximumFractionDigits: 0) } frames per second: it is too dark for more.

### What goes wrong ----------------------------------------------------------------------------------------------------

error-cancelled = The analysis was cancelled.
    .advice = Nothing was written.

## Files and clips

error-missing_file = There is no file { $path }.
    .advice = Check the name and the folder.
error-not_a_file = { $path } is not a regular file.
    .advice = Choose a video file.
error-not_a_file-folder = { $path } is a folder.
    .advice = Choose a video file in it.
error-empty_file = { $file } is empty.
    .advice = Copy it from the camera again; the transfer was cut off.
error-still_picture = { $file } is a still picture ({ $format }), not a video.
    .advice = Choose the clip of the run.
error-unreadable = { $file } is no video that can be read, or it is cut off.
    .advice = Export it again as MP4 (H.264) or copy it from the camera once more.
error-unreadable-file = { $file } cannot be read ({ $why }).
    .advice = Check that it may be opened.
error-unreadable-no_size = { $file } does not say how large its picture is.
    .advice = Export it again as MP4 (H.264) or copy it from the camera once more.
error-unreadable-recording = The recording cannot be read while it is written.
error-unknown_codec = { $file } is coded in a way this computer cannot read.
    .advice = Export it again as MP4 (H.264) or copy it from the camera once more.
error-no_video = { $file } holds no video.
    .advice = Choose the clip of the run.
error-no_video-sound_only = { $file } has sound but no picture.
    .advice = Choose the clip of the run.
error-no_video-recording = The recording holds no video.
    .advice = Record again.
error-bad_size = The picture of { $file } is { $width_px } x { $height_px } pixels.
    .advice = Record with { $least_px } pixels a side or more and 3840 x 2160 (4K) or fewer; 720 x 1280 is good.
error-bad_size-memory = The pictures of { $file }, { $width_px } x { $height_px } pixels with { $bits }-bit { $chroma } colour, take too much memory.
    .advice = Record with 1920 x 1080 pixels or fewer; 720 x 1280 is good.
error-bad_size-colours = { $file } stores { $bits }-bit { $chroma } colour, which at { $width_px } x { $height_px } pixels takes too much memory.
    .advice = Set the camera's colour to 4:2:0, or its picture to 1920 x 1080 pixels; 720 x 1280 is good.
error-no_frames = No picture of { $file } can be decoded.
    .advice = Export it again as MP4 (H.264) or copy it from the camera once more.
error-no_frames-single = { $file } holds a single picture, not a video.
    .advice = Record a clip of the run.
error-bad_times-jump = The frame times of { $file } jump by { NUMBER($gap_s, maximumFractionDigits: 0) } s.
    .advice = Export it again as MP4 (H.264) or copy it from the camera once more.
error-bad_times-shared = Most frames of the clip share their time with another.
    .advice = Export it again as MP4 (H.264) or copy it from the camera once more.
error-bad_times-absent = { $file } does not say when its frames were taken.
    .advice = Export it again as MP4 (H.264) or copy it from the camera once more.
error-too_long = The clip has more than { $most } frames.
    .advice = Cut it to the run.
error-bad_speed = The belt's speed must be from { $least } to { $most } km/h. Got { $given }.
    .advice = Give the speed that the treadmill shows, in km/h.
error-bad_slow_motion = The slow-motion factor must be between 1 and { $most }. Got { $given }.
    .advice = Give how many times slower than life the clip plays: 2 for 60 frames per second stored as 30.

## Trackers

error-no_tracker = There is no tracker called “{ $name }”.
    .advice = Choose one of: { $names }.
error-no_model = The pose model cannot be loaded.
    .advice = Run 'gait doctor'.
error-no_model-absent = MediaPipe is not installed or does not fit this Python.
    .advice = Run 'make setup'.
error-no_model-release = This version of MediaPipe is not the one gait was made for ({ $release }).
    .advice = Install the locked version again.
error-no_model-bundled = MediaPipe is installed without its pose model.
    .advice = Install the locked version again.
error-no_model-own = { $file } is not here: it does not come with gait, and is not fetched by itself.
    .advice = Run 'gait trackers --get { $tracker }' where there is a network, or set { $variable } to the file's path.
error-no_model-checksum = { $file } is not the pose model it should be: its checksum is { $found }..., not { $expected }....
    .advice = Download it again, or set { $variable } if it is a model of your own.
error-no_network-unreadable = { $file } cannot be read as the network it should be.
    .advice = Get the file again: it may be cut short, or another kind of file.
error-no_network-bundled = { $file }, which comes with gait, is not there.
    .advice = Install gait again.
needs_nothing = Nothing: its network comes with gait.
error-no_fetch-nothing = The network of { $tracker } is not fetched: it comes with gait, or its makers do not let it be passed on.
    .advice = 'gait trackers' says what each tracker needs.
error-no_fetch-offline = { $file } could not be fetched from { $address }: there is no network, or nobody answers there.
    .advice = Try again later, or bring the file from another computer and put it into { $folder }.
error-no_fetch-another = What came from { $address } is not the { $file } that gait knows. It was not kept.
    .advice = Try again; if it stays so, get the file elsewhere and name it in the environment.
error-no_fetch-disk = { $folder } does not take the file: { $why }.
    .advice = Free some space, or name another folder in GAIT_NETWORKS.
error-no_truth_of_clip = There is no truth file beside { $file }.
    .advice = Name a clip with NAME.truth.json beside it, such as the sample run.
error-no_openpose-licence = OpenPose's networks are the user's own, and nobody has confirmed their licence here.
    .advice = Run 'gait trackers --openpose DIR' with the folder they are in.
error-no_openpose-files = There is no { $network } network of OpenPose in { $folder }.
    .advice = The folder must hold its .prototxt and its .caffemodel side by side, as OpenPose's folder models/pose does.
error-no_openpose-maps = The { $network } network of OpenPose gives { $found } maps, where it should give { $expected }.
    .advice = Get its .prototxt and .caffemodel again; they belong together.
error-no_openpose-not_kept = { $folder } does not take the note about the licence: { $why }.
    .advice = Free some space, or name another folder in GAIT_NETWORKS.
needs_openpose = OpenPose's own .prototxt and .caffemodel, which the user gets from its makers.
openpose_forbids = OpenPose's licence is for non-commercial research: a store may not run it on customers.
needs_file = The file { $file }, which does not come with gait and is not fetched by itself.

## Key points of other tools

error-no_file = There is no file { $path }.
    .advice = Check the name.
error-bad_points = { $file } cannot be read as key points.
    .advice = docs/key_points.md shows every kind of file that is read, with an example of each.
error-bad_points-unknown_landmark = { $file } names a landmark BlazePose does not have: { $landmark }.
    .advice = docs/key_points.md lists the names.
error-bad_points-short = { $file } holds only { $frames } { $frames ->
        [one] frame
       *[other] frames
    }.
    .advice = At least a few seconds of running are needed.
error-bad_points-twice = { $file } gives the same landmark twice at the same time.
    .advice = One row per point and frame; several people need a column person.
error-bad_points-frame_twice = { $file } holds a frame or a column twice.
    .advice = Give every frame and every point once.
error-bad_points-empty = { $file } holds no point with coordinates.
    .advice = Check what wrote the file: docs/key_points.md shows what is read.
error-bad_points-y_up = { $file } counts y upward: the shoulders lie below the ankles.
    .advice = Give y from the picture's upper edge downward.
error-bad_points-shares = { $file } gives places as shares of the picture but not how large the picture is.
    .advice = Say it with --size, such as --size 1080x1920, or give the clip too.
error-bad_points-no_column = { $file } lacks the column { $column }.
    .advice = A table of key points has the columns time_s, landmark, x_px, y_px, visibility.
error-bad_points-no_number = { $file } has no number under { $column } in line { $line }.
    .advice = Put that line right, or leave the cell empty for a point that was not seen.
error-bad_points-no_time = { $file } has rows without a time.
    .advice = Every row needs its time_s or its frame.
error-bad_points-no_times = { $file } does not say when its frames were taken.
    .advice = Give the clip with --points, or the frames per second with --fps.
error-bad_points-times = { $file } has times that do not rise from frame to frame.
    .advice = Check its times and frame numbers.
error-bad_points-sparse = The { $frames } frames of { $file } are too far apart to be those of one clip.
    .advice = Give the frames of one clip, one after the other.
error-bad_points-skeleton = { $file } has a number of points for a person that is none of a known skeleton's.
    .advice = docs/key_points.md lists the skeletons.
error-bad_points-folder = In the folder { $file } there is no JSON file of key points.
    .advice = Name the folder that the other program wrote its JSON files into.
error-bad_points-no_hips = { $file } has points in space but not both hips, so the view from behind cannot be told.
    .advice = Write the markers of both hips too.
error-bad_points-names = { $file } has no point that is known as a left and a right ankle. Not known: { $names }.
    .advice = Write a small file with one line for each point, its name, a comma, and left_ankle or so, and give it with --names.
error-bad_names = { $file } cannot be read as a list of names.
    .advice = One line for each point: its name in the other file, a comma, and the landmark, such as ankle_l, left_ankle.
error-bad_names-unknown = { $file } leads to a landmark that BlazePose does not have: { $landmark }.
    .advice = docs/key_points.md lists the names.
error-no_clip_for_points = { $file } was given as the key points of a clip, but there is no such clip.
    .advice = Give the clip too; a file of key points alone is given in the clip's place.
error-no_form = Key points are not written as “{ $name }”.
    .advice = Choose one of { $names }.
error-points_of_clip-more = { $file } has key points up to frame { $points }, but the clip has only { $clip } frames.
    .advice = Give the points and the clip of the same recording, uncut.
error-points_of_clip-fewer = { $file } has key points for { $points } frames, but the clip has { $clip }.
    .advice = Give the points and the clip of the same recording, uncut.
error-points_of_clip-times = { $file } lasts { NUMBER($points_s, maximumFractionDigits: 2) } s and its frames do not fall on those of the clip, which lasts { NUMBER($clip_s, maximumFractionDigits: 2) } s.
    .advice = Give the points and the clip of the same recording, uncut.
error-points_of_clip-size = { $file } is of a picture of { $points } pixels, but the clip has { $clip }.
    .advice = Give the points and the clip of the same recording, as it was when the other program read it.
error-points_of_clip-outside = Much of what { $file } holds lies outside the clip's picture of { $width_px } x { $height_px } pixels.
    .advice = Give the points and the clip of the same recording, as large as it was when the other program read it.
error-points_of_clip-metres = { $file } is in metres, so it cannot say where in the clip's picture the runner is.
    .advice = Give the file in pixels, or analyse it without the clip.
error-points_of_clip-turned = The clip lies on its side and was turned, which its key points in { $file } were not.
    .advice = Turn the clip upright with any video program, and let the other program read it again.

## Cameras and recordings

error-camera_missing = The camera does not answer.
    .advice = Check its cable and power, that no other program uses it, and the address.
error-camera_missing-no_address = “{ $address }” is no camera.
    .advice = Give usb:0 or an rtsp:// address. A web camera (http://) is named by the manager: gait app --camera ADDRESS.
error-camera_missing-no_mode = The camera does not answer.
    .advice = Check its cable.
error-camera_missing-no_picture = What answers there sends no picture.
    .advice = Check the camera's address.
error-camera_missing-silent = The camera sends no picture.
    .advice = Switch it off and on, then try again.
error-no_encoder = This computer has nothing to pack videos with.
    .advice = Install PyAV as requirements.lock names it.
error-no_encoder-named = “{ $name }” packs no videos on this computer.
    .advice = Choose one of: { $names }. Or leave it out: then gait takes the first of them.
error-recording_already = A clip is being recorded already.
    .advice = Wait until it is done.
error-camera_lost = The camera stopped sending pictures.
    .advice = Check its cable, power and network, then record again.
error-camera_lost-kept = The camera stopped sending pictures. { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s were recorded and are kept.
    .advice = Check its cable, power and network, then record again.
error-disk_full = The disk of this computer is full.
    .advice = Free some space, then record again.
error-disk_full-kept = The disk of this computer is full. { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s were recorded and are kept.
    .advice = Free some space, then record again.
error-disk_full-nearly = The disk of this computer is nearly full.
    .advice = Free some space, then record again.
error-disk_full-cannot_save = The clip cannot be saved on this computer.
    .advice = Free some space, then record again.
error-too_slow = This computer is too slow to record that many frames.
    .advice = Close other programs or choose fewer frames per second, then record again.
error-too_slow-kept = This computer is too slow to record that many frames. { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s were recorded and are kept.
    .advice = Close other programs or choose fewer frames per second, then record again.
error-recording_failed = The recording could not be written.
    .advice = Record again; 'gait doctor' says what is wrong.
error-recording_failed-kept = The recording could not be written. { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s were recorded and are kept.
    .advice = Record again; 'gait doctor' says what is wrong.

error-camera_missing-closed = The camera is not open.
    .advice = Choose the camera again.
error-camera_recording = The camera is recording.
    .advice = Wait until it is done.
virtual_camera = Clip in place of a camera
piece_missing = A piece is missing before this one.
no_browser_video = This is no video a browser records.
recording_too_large = The recording is larger than 2 GB; what was recorded is kept.
store_disk_full = The disk of the store's computer is full; what was recorded is kept. Free some space, then record again.
recording_incomplete = The recording has not arrived whole.
no_small_jpeg = This is no small JPEG picture.

## Jobs

error-busy = So many runs are waiting already ({ $waiting }).
    .advice = Try again when one of them is done. Your clips and what you typed stay.
error-not_yours = Another station started this analysis.
    .advice = It can be cancelled where it was started.
error-job_clip_gone = The clip of this analysis is on this computer no longer.
    .advice = Choose it or record it again.
error-job_no_room = Nothing can be kept in { $folder }: the disk is full or cannot be written.
    .advice = The runs wait, and go on by themselves once there is room. Free some space or ask the manager.
error-job_given_up = The program ended { $attempts } times while it analysed this clip.
    .advice = Try a shorter clip, or record the run again. If it happens again, the program's log says more.
error-out_of_memory = This computer ran out of memory.
    .advice = Close other programs or record a shorter clip, then try again.
error-program_fault = Something went wrong inside the program.
    .advice = Try once more. If it happens again, the program's log says more.
error-cannot_save = The clip could not be saved on this computer.
    .advice = Free some space, then try again.
error-cannot_save-visit = Nothing can be saved on this computer.
    .advice = Free some space, then try again.

error-clip_too_large = The clip is larger than { $most_gb } GB.
    .advice = 20 s of running are enough: record or cut a shorter one.
error-too_many_clips = Too many clips wait on this computer.
    .advice = Analyse or delete some, then choose the clip again.
error-too_many_clips-recording = Too many clips and recordings wait on this computer.
    .advice = Analyse or delete some, then record again.
error-clip_gone = The clip is on this computer no longer: clips that nobody analyses are deleted after an hour.
    .advice = Choose it again.

## Who may come in

error-no_sign_in = Whoever is in the network could open every result: listening at { $address } needs people to sign in.
    .advice = Start it with gait app --address { $address }. Without an address only this computer can open the page.
error-no_manager = Whoever is in the network would have to sign in, and nobody has an account yet.
    .advice = Make the first one with gait staff add NAME --role manager, or start gait in a terminal, where it asks for one.
error-bad_password = A password has { $least } to { $most } characters, and is not the name.
    .advice = Choose another one: three or four words that do not belong together are easy to keep in mind.
error-bad_password-unlike = The two passwords are not the same.
    .advice = Start again and type the same one twice.
error-last_manager = This is the only manager who can sign in.
    .advice = Make somebody else a manager first.
error-bad_host_name = “{ $name }” is no name of a computer.
    .advice = Give --host-name NAME, or NAME:PORT where another port leads here.
app_open_at = gait is open at { $address }
app_plain = Without a certificate (--cert and --key) others in the network can read along: passwords, names and pictures.
door_host = This address is not one of gait's. Use the one it said when it was started; the manager adds names with --host-name.
door_no_page = There is no such page.
door_method = That cannot be done here.
door_origin = Another web site asked for this. Open gait itself.
error-signed_out = Nobody is signed in here any more.
    .advice = Load the page again and sign in.
door_needs_sign_in = Only the computer gait runs on may open it: here nobody can sign in.
door_signed_out = Sign in first. Load the page again.
error-camera_not_yours = A tablet records with its own camera, or with one that the store has set up.
    .advice = Choose one of those in the list.
door_not_for_you = { $role ->
        [tablet] A tablet that records sees nothing else.
       *[staff] This is for managers.
    }
door_fault = Something went wrong inside the program. Load the page again.
door_not_yours = This page is not connected. Load it again.
sign_in_title = Sign in
sign_in_ask = Results of runners are behind this door.
sign_in_name = Name
sign_in_password = Password
sign_in_enter = Sign in
sign_in_wrong = { $form ->
        [code] That code does not hold, or does not hold any more. The store's screen shows a new one.
       *[name] Name and password do not fit. A manager can give you another password.
    }
sign_in_wait = Too many attempts. Wait { $wait_s ->
        [one] a second
       *[other] { $wait_s } seconds
    }, then try again.
sign_in_tablet = This tablet only records
sign_in_tablet_how = Whoever is signed in at the store's screen has a code shown there, under Record.
sign_in_code = Code
sign_in_tablet_enter = Let this tablet in
sign_in_inside = You are in
sign_in_inside_note = { $role ->
        [tablet] This tablet may record. It sees no customers and no results.
        [manager] { $name }, manager. After an hour without anybody at it this device asks again.
       *[staff] { $name }. After an hour without anybody at it this device asks again.
    }
signed_in_as = { $role ->
        [tablet] This tablet may record
       *[staff] { $name } · Sign out
    }
sign_out = Sign out
sign_in_back = Back to gait
sign_in_plain = This connection is not encrypted: others in this network can read along, passwords and pictures too. With a certificate the manager can change that.
role-staff = Staff
role-manager = Manager
page-staff_what = Where others in the network reach gait, everybody signs in with an account of their own.
page-no_staff = Nobody has an account yet. The first one should be a manager's.
page-staff_closed = closed since { $day }
page-staff_open = Open again
page-staff_change = Change
page-new_password = New password
page-password_hint = At least { $least } characters. Three or four words that do not belong together are easy to keep in mind.
page-set_password = Set the password
page-make_role = { $role ->
        [manager] Make a manager
       *[staff] Make staff
    }
page-staff_close = Close the account
page-new_staff = A new account
page-staff_name_help = What is typed to sign in. Small and large letters are the same.
page-shown_name = As the screen names them
page-role = Role
page-make_account = Make the account
page-log_what = Names of customers are not in it: an id leads nowhere once its customer was deleted.
page-log_empty = Nothing was done yet.
page-log_when = When
page-log_who = Who
page-log_did = What
page-log_about = Of
page-log_more = Show more
log_who-app = Without signing in
log_who-command = The command line
log_who-retention = Deletion by itself
log_who-files = The object store, by itself
log_who-tablet = A tablet
log_who-nobody = Somebody at the door
log_consent = { $purpose }, version { $version }
log_about = { $target ->
        [staff] { $id }
        [customer] customer { $id }
        [visit] visit { $id }
        [numbers] visit { $id }
        [video] visit { $id }
        [run] run { $id }
        [result] run { $id }
        [purchase] purchase { $id }
        [rule] { $id }
        [consent_text] { $id }
        [shelf_rules] { $id }
       *[other] { $target } { $id }
    }
log_did = { $what ->
        [signed_in] signed in
        [signed_out] signed out
        [sign_in_failed] name and password did not fit
        [code_shown] showed a code for a tablet
        [tablet_let_in] was let in by a code
        [tablets_out] sent all tablets out ({ $detail })
        [staff_added] made an account ({ $detail })
        [staff_disabled] closed an account
        [staff_enabled] opened an account again
        [role_set] changed a role ({ $detail })
        [password_set] set a password
        [customer_seen] looked at a customer
        [visit_seen] looked at a visit
        [result_seen] looked at a result
        [result_changed] corrected a result
        [result_deleted] deleted a result
        [report_saved] saved a report
        [customer_made] made a customer
        [customer_renamed] renamed a customer
        [contact_changed] changed how a customer is reached
        [customers_merged] merged a customer with { $detail }
        [customer_exported] exported everything on a customer
        [visit_exported] exported everything of a visit
        [customer_deleted] deleted everything on a customer (receipt { $detail })
        [visit_deleted] deleted a visit (receipt { $detail })
        [numbers_deleted] deleted results of a visit (receipt { $detail })
        [computer_gone] said that a computer is gone for good
        [computer_back] deleted what was to go on a computer that is back
        [video_deleted] deleted videos of a visit (receipt { $detail })
        [recording_deleted] deleted a recording that was of no visit (receipt { $detail })
        [visit_begun] began a visit
        [visit_named] gave a walk-in a name
        [visit_kept] kept a walk-in
        [visit_not_kept] no longer keeps a walk-in
        [visit_finished] finished a visit
        [visit_reopened] took a visit up again
        [visit_dropped] dropped a visit
        [run_added] added a shoe
        [run_dropped] took a shoe off
        [result_filed] put a result into a visit ({ $detail })
        [consent_given] noted a consent ({ $detail })
        [consent_withdrawn] noted that a consent was withdrawn ({ $detail })
        [consent_text_set] changed what customers are asked (version { $detail })
        [comfort_rated] rated a shoe
        [comfort_skipped] skipped the rating of comfort
        [comfort_set] set whether comfort is rated first ({ $detail })
        [purchase_noted] noted a purchase
        [shelf_changed] changed the shelf ({ $detail } shoes)
        [shelf_rule_changed] changed a rule of the shelf (version { $detail })
        [shelf_rules_reset] took the rules that come with gait (version { $detail })
        [purchase_returned] noted a return
        [purchase_not_returned] took a return back
        [purchase_removed] took a purchase back
        [rule_set] set how long things are kept ({ $detail })
       *[other] { $what } { $detail }
    }
page-tablet_title = Let a tablet record
page-tablet_what = A tablet that is let in by a code records and sees nothing else: no customers, no results.
page-tablet_show = Show a code
page-tablet_type = Open { $address } on the tablet, choose “This tablet only records”, and type this code. It holds once, until { $until }.
page-tablets_in = { $tablets ->
        [one] One tablet is in.
       *[other] { $tablets } tablets are in.
    }
page-tablets_out = Send all tablets out
page-tablet_for = Which shoe is run in?
page-tablet_run = { $shoe }, noted at { $moment }
page-tablet_rate = A customer rates shoes
page-tablet_sent = Sent. The result comes on the store's screen.
page-a_visit = A visit of the store
page-not_for_you = { $role ->
        [nobody] You are signed out. Load the page again.
        [tablet] A tablet that records sees nothing else.
       *[staff] This is for managers.
    }

## Results

error-run_gone = The run's clip is on this computer no longer.
    .advice = Choose it again, or record the run again.
error-other_run = This is not the running clip that the result was made of.
    .advice = Choose the same file again.
error-not_put_right = The run could not be judged this time, so the result stays as it was.
    .advice = Choose the same running clip and try again.
error-old_limits = This result is of an older version, which did not keep the limits of other speeds.
    .advice = To judge it at another speed, analyse the clip again.
error-no_steps = This result has no measured steps to correct.
    .advice = Analyse the clip again.
error-no_step = There is no measured { $side ->
        [left] left
       *[right] right
    } step { $step }.
    .advice = Choose a step from the contact sheet.
error-no_step-no_peak = The { $side ->
        [left] left
       *[right] right
    } step { $step } has no measured furthest tilt.
    .advice = Reject the step instead.
error-no_line = The two ends of a line lie on each other.
    .advice = Drag them apart.
error-not_deleted = The result could not be deleted.
    .advice = Close the programs that have its files open, then try again.
error-not_deleted-recording = The recording could not be deleted.
    .advice = Close the programs that have its files open, then try again.
error-cannot_write-points = The key points { $file } cannot be written to { $folder }.
    .advice = Check that the folder is there and the disk is not full.
error-cannot_write-steps = The pictures of the steps cannot be written to { $folder }.
    .advice = Check that the disk is not full.
error-no_result = There is no readable result in { $folder }.
    .advice = Analyse the clip again.
error-other_version = The result in { $folder } is of another version.
    .advice = Analyse the clip again.
error-bad_result = The result breaks its contract: { $complaint }.
    .advice = Analyse the clip again.
error-not_comparable = The clip of the result in { $folder } could not be judged, so there is nothing to compare.
    .advice = Film the run again and analyse it.
error-changed_meanwhile = Somebody else has changed this result meanwhile.
    .advice = Nothing is lost: it is shown as it stands now. Make your change again.
error-no_film_again = The video of this result cannot be drawn again.
    .advice = Its clip is not kept any more, or cannot be judged. The figures are whole without it.
error-changed_elsewhere = This result is being corrected on another computer of the store.
    .advice = Nothing was changed here. Open it again in a moment: the other correction is fetched then, and yours can follow. Should that computer be off, its correction comes when it runs again.
error-being_written = The result { $name } is just being written.
    .advice = Try again in a moment.
error-cannot_write = Cannot write to { $folder }.
    .advice = Choose another folder with --out or free some space.
error-cannot_write-pdf = The PDF cannot be written to { $folder }.
    .advice = Close the old PDF if it is open and check that the disk is not full.
error-cannot_write-page = The page { $file } cannot be written to { $folder }.
    .advice = Close the old PDF if it is open and check that the disk is not full.
error-calibrate_what = Say either which clip is read or where the page to print is written.
    .advice = Type gait calibrate CLIP or gait calibrate --print FILE.pdf.
error-no_page = No calibration page is seen, or it is too small or too blurred to be found.
    .advice = Film the whole page, upright, facing the camera, with all six square marks in the picture.
error-page_small = The page is too small in the picture: a pixel is { NUMBER($mm_per_px, minimumFractionDigits: 1, maximumFractionDigits: 1) } mm, and at most { NUMBER($most, minimumFractionDigits: 1, maximumFractionDigits: 1) } can be read.
    .advice = Film at the camera’s full resolution, or stand the page nearer.
error-page_blurred = The picture is blurred: its sharpest edges are spread over { NUMBER($blur_px, minimumFractionDigits: 1, maximumFractionDigits: 1) } pixels, and at most { NUMBER($most, minimumFractionDigits: 1, maximumFractionDigits: 1) } can be read.
    .advice = Let go of the page while filming, focus on it, and clean the lens.
error-page_unread = The page is seen, but its heels cannot be read.
    .advice = See that nothing covers or shades the page, that it is flat and that it faces the camera.
error-no_photo = { $file } cannot be read as a photo or clip.
    .advice = Save the photo as JPEG or PNG, or film a clip.
error-cannot_write-overlay = The overlay video cannot be written to { $folder }.
error-cannot_write-film = The video { $name } cannot be written to { $folder }.
    .advice = Check that the disk is not full.
error-not_written = The result could not be written to { $folder }.
    .advice = Check that the disk is not full.
error-not_drawn = No frame of the clip could be drawn.
    .advice = Export the clip again as MP4 (H.264).

## The store's records

error-records_missing = There are no records at { $place } yet.
    .advice = Start gait once, or call gait records upgrade.
error-records_old = The records at { $place } were written by an earlier gait.
    .advice = Call gait records upgrade, or start gait. Keep a backup first.
error-records_newer = The records at { $place } were written by a newer gait.
    .advice = Nothing was changed. Install the newest gait on this computer too.
error-records_foreign = The database holds something other than gait's records.
    .advice = Nothing was changed. Check what GAIT_DATA and GAIT_DATABASE_URL name.
error-records_damaged = The records at { $place } are damaged.
    .advice = Move the file away and call gait restore with the last backup, or gait records rebuild.
error-records_locked = Another program is writing the records.
    .advice = Nothing was changed. Try again in a moment.
error-records_full = The disk that holds the records is full.
    .advice = Nothing was lost, and nothing more can be kept. Free some space, then try again.
error-records_read_only = The records at { $place } cannot be written.
    .advice = Nothing was changed. Let this user write there, then try again.
error-records_away = The records at { $place } do not answer.
    .advice = Nothing was lost. Check the disk or the database server. It goes on by itself once they answer.
error-no_customer = There is no such customer.
    .advice = Find the customer by name again: somebody may have deleted the entry.
error-no_name = A name needs a letter.
    .advice = Type the name, or start a visit without one.
error-same_customer = Both entries are the same customer.
    .advice = Choose another one.
error-no_visit = There is no such visit.
    .advice = Look for it in the list of visits: somebody may have deleted it.
error-visit_in_use = This has a result or a purchase already.
    .advice = Delete the result or the purchase first, or finish the visit.
error-no_run = There is no such run.
    .advice = Look at the visit again: somebody may have deleted it.
error-bad_rating = Each of the four scales takes a mark from 0 to { $most }.
    .advice = Mark all four.
error-not_asked = This shoe does not wait to be rated.
    .advice = It was rated or skipped already. Open the visit again.
error-comfort_first = The customer still rates the shoes of this visit.
    .advice = Labels are shown once every shoe is rated, or the rating is skipped on the visit's page.
error-comfort_first-export = The customer still rates the shoes of an open visit.
    .advice = Rate them or skip that on the visit's page, then export again.
error-bad_comfort = Comfort is a number from { $least } to { $most }.
    .advice = Leave it empty if nobody asked.
error-result_taken = That result belongs to another run already.
    .advice = Choose another result.
error-no_consent_text = The store has no text for that yet.
    .advice = Write what the customer agrees to.
error-no_consent = There is no such consent.
    .advice = Look at the customer again: somebody may have deleted it.
error-no_shoe = It is not said which shoe was bought.
    .advice = Type its name or choose it from the shelf.
error-no_purchase = There is no such purchase.
    .advice = Look at the customer again: somebody may have deleted it.
error-returned_too_soon = A shoe cannot come back before it was bought.
    .advice = Check the two days.
error-bad_staff_name = A staff name has a letter and at most { $most } of them.
    .advice = Choose another name. The role is staff or manager.
error-staff_name_taken = There is somebody called { $name } already.
    .advice = Choose another name.
error-no_staff = Nobody of that name works here.
    .advice = gait staff list has everybody.
error-file_there = There is a file { $file } already.
    .advice = Nothing was overwritten. Choose another name.
error-file_there-export = There is a file { $file } already.
    .advice = Nothing was written. Choose another folder, or say --replace.
error-bad_tables = A table of the result in { $folder } cannot be read.
    .advice = Analyse the clip again.
error-bad_brand-logo = The logo { $file } is no picture that can be read.
    .advice = Save it as PNG or JPEG, smaller than 20 MB.
error-bad_brand-colour = “{ $colour }” is no colour.
    .advice = Say it like #14424f.
error-bad_brand-pale = The colour { $colour } is too pale to be read on white: its contrast is { NUMBER($contrast, maximumFractionDigits: 1) }, and { NUMBER($least, maximumFractionDigits: 1) } are needed.
    .advice = Choose a darker one.
error-not_exported = The export could not be written to { $folder }.
    .advice = Nothing is left of it. Check that the folder can be written and that the disk is not full.
error-bad_rule = That is no time to keep something.
    .advice = Say 90d for days (at most { $most }), 24m for months, or never. The evening is a time like 22:00.
error-backup_damaged = That file is no backup, or it is damaged.
    .advice = Nothing was changed. Take the backup before it, or copy the file again.
error-backup_newer = That backup was made by a newer gait.
    .advice = Nothing was changed. Install the newest gait on this computer too.
error-restore_not_empty = There is something at { $place } already.
    .advice = Nothing was changed. Restore into an empty place: name another one by GAIT_DATA and --reports.
error-not_backed_up = The backup could not be written to { $folder }.
    .advice = Nothing is left of it. Check that the folder can be written and that the disk is not full.
error-bad_backup_days = A backup can be asked for every 1 to { $most } days.
    .advice = Name a number of days, such as 7.
error-not_restored = The backup could not be put into { $folder }.
    .advice = Check that the folder can be written and that the disk is not full. Call gait restore again: it goes on from there.
error-no_receipt = There is no such receipt.
    .advice = Check its number: gait keeps the receipt of every deletion.
error-not_all_deleted = Not everything could be deleted yet.
    .advice = Some files are in use or cannot be reached. gait goes on by itself. The receipt will be { $receipt }.
error-files_away = The object store at { $place } does not answer.
    .advice = Nothing was lost. Check the network and the server. It goes on by itself once it answers.
error-files_refused = The object store at { $place } does not take the key it was given.
    .advice = Nothing was lost. Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what the key may do there.
error-files_no_bucket = There is no bucket at { $place }.
    .advice = Nothing was lost. Make the bucket, or check what GAIT_FILES_URL names.
error-files_foreign = The object store at { $place } is not the one of these records.
    .advice = Nothing was put there, taken or deleted. Check what GAIT_FILES_URL and GAIT_DATA name. Where the records were lost, call gait records rebuild.
error-files_no_address = GAIT_FILES_URL names no object store that gait can use.
    .advice = Name one like s3://BUCKET/FOLDER or https://HOST/BUCKET/FOLDER, without a key in it, or nothing.
error-files_damaged = What the object store has as { $name } is not whole.
    .advice = Nothing was changed here. Bring that object back from the store's own backup, or delete what is left of it.
error-files_elsewhere = A copy is still in the object store or on another computer of the store.
    .advice = It goes by itself: let gait run on every computer of the store.
error-no_computer = No computer of the store has that id.
    .advice = gait records computers lists them.
error-computer_here = That is the computer you are at.
    .advice = Name one that is gone for good: gait records computers lists them.
error-computer_at_work = That computer was seen within the last hour: it is at work.
    .advice = Deletions go on there by themselves. Should it be gone for good, say so an hour after it was last seen.
error-records_no_address = GAIT_DATABASE_URL names no database that gait can use.
    .advice = Name one like postgresql://USER:PASSWORD@HOST/NAME, or nothing.

## The command

error-no_language = There is no language “{ $name }”.
    .advice = Choose one of: { $names }. Or leave it out.
error-certificate = { $cert } and { $key } are not a certificate and its key.
    .advice = Both must be PEM files, the key without a password.
error-certificate-alone = A certificate needs its key.
    .advice = Give both --cert FILE and --key FILE.
error-certificate-no_file = There is no file { $path }.
    .advice = Check the path given with --cert or --key.
error-no_matplotlib = The accuracy page needs matplotlib.
    .advice = Run: pip install 'gait[validation]'
error-no_truth = No running clip with a truth file in { $folder }.
    .advice = Name a folder that holds NAME.mp4 with NAME.truth.json.

### A result in words: the PDF, the pages and the command -------------------------------------------------------------

date_pattern = d MMMM y
label-neutral = Neutral
label-over = Over-pronating
label-under = Under-pronating
label-undetermined = Cannot tell
meaning-neutral = The heel moved within the middle range of runners.
meaning-over = The heel tilted in further than the middle range of runners.
meaning-under = The heel tilted in less than the middle range of runners.
meaning-undetermined = This run does not decide it.
method-markers = stick-on dots
method-heel_counter = back of the shoe (heel counter)
method-landmarks = body key points only
method_short-markers = dots
method_short-heel_counter = heel counter
method_short-landmarks = key points
category-neutral = Neutral
category-stability = Stability
category-motion-control = Motion control
foot-left = Left foot
foot-right = Right foot
sure_very = very sure
sure_quite = quite sure
sure_fairly = fairly sure
we_are_sure = We are { $sure } of it.
device = A fitting aid, not a medical device.
example_shelf = These shoes are examples with invented names: this store has not entered its shelf yet.
heel_not_seen = From behind, the heel could not be seen well enough to measure its tilt.
heel_rolled_in = From behind, your heel rolled in by about { NUMBER($deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° after landing (likely { $range }°).
heel_tilted_in = From behind, your heel tilted in by about { NUMBER($deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° (likely { $range }°) from how you stand.
heel_tilted_out = From behind, your heel tilted out by about { NUMBER($deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° (likely { $range }°) from how you stand.
range = { $low }–{ $high }
range_signed = { $low } to { $high }
filmed_slow = filmed in slow motion ({ $times } times), as staff confirmed
speed = { NUMBER($kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h
speed_not_given = speed not given
zero_standing = compared with how you stand
zero_none = no standing clip to compare with
zero_note_standing = 0°: as the runner stands.
zero_note_none = 0°: heel line along the shin; not compared with standing.
band_at_speed = Middle range of runners at { NUMBER($kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h: { NUMBER($under_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }–{ NUMBER($over_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°.
band_no_speed = Middle range of runners (speed not given): { NUMBER($under_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }–{ NUMBER($over_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°.
corrected_by_hand = Corrected by hand: { $what }.
put_right-runner = name
put_right-speed = speed (before: { $before })
put_right-size = shoe size (before: { $before })
put_right-shoe = shoe worn
put_right-standing = standing clip
not_given = not given
ran_in = in { $shoe }
steps_left_out = { $n } { $n ->
        [one] step
       *[other] steps
    } left out
steps_moved = lines of { $n } { $n ->
        [one] step
       *[other] steps
    } moved
steps_read_from = { $steps } steps, read from the { $method }
in_size = in size { $size }
clip_file = Clip { $file }
clip_length_and_rate = { NUMBER($length_s, maximumFractionDigits: 0) } s at { NUMBER($fps, maximumFractionDigits: 0) } frames per second
clip_length = { NUMBER($length_s, maximumFractionDigits: 0) } s
clip_rate = { NUMBER($fps, maximumFractionDigits: 0) } frames per second
model_sum = model { $sum }
row-peak_eversion_deg = Furthest tilt
row_peak_from_standing = Furthest tilt from standing
row-eversion_excursion_deg = Tilt from landing to furthest
row-touchdown_deg = Angle at landing
row-time_to_peak_pct = Time of furthest tilt in stance
row-toe_out_deg = Foot turned out
row-contact_time_s = Contact time
row-flight_time_s = Flight time
row-cadence_spm = Cadence
row-step_width_pct_leg = Step width
row_peak_3d = Furthest tilt in 3D, estimated
row_probability = P(under / neutral / over)
row_steps = Clean steps
row_method = Read from
reference_zero = Zero
reference_zero_standing = how the runner stands (standing clip)
reference_zero_none = none (no standing clip)
reference_speed = Speed
reference_limits = Limits
reference_band = under below { NUMBER($under_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°, over above { NUMBER($over_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°
reference_source = Source of limits
reference_by_hand = By hand
limit_angle_standing = The angle is the line of the shoe's heel counter against the line of the shin in a picture from behind, minus the same angle standing. A foot can move inside its shoe; that is not seen.
limit_angle = The angle is the line of the shoe's heel counter against the line of the shin in a picture from behind; nothing was subtracted. A foot can move inside its shoe; that is not seen.
limit_two_dimensions = It is a two-dimensional angle. Against three-dimensional motion capture of 26 runners (52 feet) the furthest tilt differed by 1.4° (SD) from foot to foot. That is not part of the intervals, which say how well the picture was read.
limit_camera = A camera 2° off the line behind the foot changes the angle by about 1° (Areblad 1990).
limit_sessions = A change between two sessions below 1.3–4.8° can be measurement error in such rear-view work (Dingenen 2018).
limit_band = The limits are where the middle range of runners at this speed ends (mean ± 1 SD), so about one foot in three lies outside. A label says where a foot stands among runners, not that anything is wrong with it.
limit_speed = The angle grows with speed. No speed was given, so the label had to hold over the usual speeds.

## On the pages

read-markers = read from the stick-on dots
read-heel_counter = read from the back of the shoe
read-landmarks = guessed from the body's joints only
page_footer = A fitting aid, not a medical device. Comfort on the run decides.
page_sign = Plus means the heel tilts in towards the other foot; minus means it tilts out.
between_labels = Between { $first ->
        [neutral] neutral
        [over] over-pronating
       *[under] under-pronating
    } and { $second ->
        [neutral] neutral
        [over] over-pronating
       *[under] under-pronating
    }
likely = likely { $range }{ $unit }
time_unknown = working out how long it takes
time_few_seconds = a few seconds left
time_seconds = about { $seconds } s left
time_minutes = about { $minutes } min left

## What stands on the PDF's two pages whatever the result

pdf-title = Running gait
pdf-head = RUNNING GAIT, SEEN FROM BEHIND
pdf-figures = THE FIGURES BEHIND IT
pdf-yours = Your running gait
pdf-store = Store
pdf-under = under
pdf-neutral = neutral
pdf-over = over
pdf-no_picture = No picture of this heel could be measured.
pdf-picture_of = lower leg from behind at the furthest tilt, with the shin line and the heel line
pdf-but = But:
pdf-refused = This clip could not be judged
pdf-nothing_measured = Nothing was measured, so nothing is said about the feet. What stood in the way, and what helps:
pdf-also_noticed = Also noticed
pdf-about_pictures = Pictures: the furthest tilt of a typical step. White: line of the shin. Yellow: line of the heel. Dashed: where the heel would be at 0°. Left and right are your own, as seen from behind.
pdf-three_shoes = Three shoes to try first
pdf-shoes = Shoes to try first
pdf-no_shoes = No shoes were looked up for this result.
pdf-stance_axis = % of stance, from landing to toe-off
pdf-measured = Measured
pdf-chart = { $foot }: how the tilt of the heel rises and falls from landing to toe-off, in degrees. Its numbers stand in the table.
pdf-logo = The logo of the store
pdf-compared_title = Two runs compared
pdf-compared_head = TWO RUNS COMPARED
pdf-ruler_title = gait: a page to calibrate a camera with
pdf-ruler_alt = Four legs from behind, whose heels lean by -5, 0, 5 and 10 degrees. Six square marks. A ruler of 100 mm.
pdf-ruler_keep = gait calibration page. Print at 100 %: the ruler below is then 100 mm long.
pdf-ruler_here = This side up, upright, facing the camera, where the runner’s heels are.
pdf-ruler_wedge = { NUMBER($wedge, maximumFractionDigits: 0) }°
pdf-ruler_how = How a camera is calibrated
pdf-ruler_do_print = Print the first page on plain white paper that does not shine, at 100 %. In the printer’s window this is called “actual size”. Do not choose “fit to page”.
pdf-ruler_do_measure = Measure the printed ruler. If it is not 100 mm long, note what it is: it is asked for later.
pdf-ruler_do_hang = Glue the page flat on a board. Stand it upright on the belt where the runner’s heels are, facing the camera. Check with a spirit level that its lower edge is level.
pdf-ruler_do_camera = Leave the camera as it is for customers: the same place, zoom and lamps.
pdf-ruler_do_film = Film ten seconds. Every two seconds shift the page sideways by about a centimetre and let go of it. Take no photo: cameras cut photos otherwise than clips.
pdf-ruler_do_read = Let gait read the clip: gait calibrate CLIP. It says by how much this camera’s angles are off, whether it is level, and how large a millimetre is in its picture.
pdf-ruler_do_lens = To learn about the lens too, film the page once more from so near that it fills the picture.
pdf-ruler_kept = Do it again whenever the camera was moved, and once a month. The page can be used until it is dirty or bent.
pdf-not_measured = not measured
pdf-over_above = over above
pdf-under_below = under below
pdf-curves = Rearfoot angle over stance
pdf-about_curves = Plus: the heel tilts in towards the other foot. Thin lines: single clean steps, drawn through the frames of each that were measured. Thick line: their mean; pale band: ± 1 SD between steps.
pdf-dashed = Dashed: limits for the speed.
pdf-estimates = Estimates
pdf-intervals = with 95 % intervals
pdf-left = Left
pdf-right = Right
pdf-cadence = Cadence, steps a minute
pdf-judged_against = Judged against
pdf-why_labels = Why these labels
pdf-about_clip = About the clip
pdf-method_limits = Limits of the method

### The pages ----------------------------------------------------------------------------------------------------------
#
# `<b>` and `</b>` make letters bold and `<br>` begins a new line where English has them; other entries are plain.

title-new = New analysis
title-record = Record
title-result = Result
title-earlier = Earlier results
title-compare = Compare
title-comfort = Comfort
title-advice = Advice
page-to_advice = Advice
page-advice_lead = Comfort decides. What was measured, and the shelf, stand beside it.
advice_head-comfort = Comfort
advice_head-feet = Feet
advice_head-shelf = Shelf
page-advice_comfort = marked { $mark } of 100
page-advice_not_rated = not rated
page-advice_stock = { $stock ->
        [here] in stock
        [not_here] not in stock in this size
       *[own] the customer's own, or of no shelf
    }
page-advice_untried = Not run in yet.
page-advice_grade = Evidence: { $grade ->
        [moderate] moderate
        [low] low
        [known] known here
       *[none] none
    }
page-advice_pairs = Shoe against shoe
page-advice_pairs_what = Within noise: no more than what the same runner marks or runs differently from one time to the next in one shoe.
page-advice_felt = { $felt ->
        [alike] within noise <i>({ $by } of 100)</i>
        [small] a small difference <i>({ $by } of 100)</i>
        [clear] a difference that matters <i>({ $by } of 100)</i>
       *[none] not rated
    }

## New analysis

page-how_to_film = Film from behind at ankle height: a few seconds standing still, then 20 s of running.
page-job_gone = That analysis is no longer there. Please start it again.
page-clip = Clip
source-own = Your own clip
source-example = Example run
page-example_is = <b>Try it with the example run.</b> A computer-made runner on a treadmill at { NUMBER($kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h, filmed from behind, with a standing clip.
page-running_clip = Running clip
page-running_clip_help = About 20 s, from behind.
page-standing_clip = Standing clip
page-standing_clip_help = 3 s of standing still, same camera, same shoes.
page-video_types = mp4, mov, mkv, webm, avi or mts, up to 2 GB. Clips are deleted after the analysis.
page-analyse = Analyse the run
page-sides_question = Is the marked foot the runner's left foot?
page-sides_how = Go by the shop, not by the runner: what is on the left in this picture must be on the left when you stand behind the treadmill. Some front cameras and apps store what a mirror shows. This is asked once for each camera.
page-sides_yes = Yes, the left foot
page-sides_no = No, it is mirrored
page-sides_left = L
page-sides_picture = A picture of the run with one foot marked.
page-sides_plain = Left and right are confirmed for { $camera }: it does not mirror.
page-sides_mirrored = Left and right are confirmed for { $camera }: it mirrors, and its clips are read the other way round.
page-sides_change = Ask again
page-sides_camera = { $name } ({ $width_px } x { $height_px } pixels)
page-sides_unnamed = clips of { $width_px } x { $height_px } pixels that do not name their camera
page-standing_first = First choose another standing clip, or take it out.
page-choose_clip = Choose a running clip, or try the example run.
page-looking_clip = Looking at the clip …
page-looking_runner = Looking at the runner …
page-looking_standing = Looking at the standing clip …
page-which_runner = Which one is the runner?
page-several_people = Several people are in the picture: choose the runner first.
page-analysing = Analysing the run
page-analysing_whom = Analysing { $runner }
page-may_close = You can close this page; the work goes on.
page-stopping = Stopping …
page-getting_ready = Getting ready
page-frames_done = { NUMBER($done, useGrouping: "true") } of { NUMBER($total, useGrouping: "true") } frames
page-percent = { NUMBER($percent, maximumFractionDigits: 0) } %
page-cancel = Cancel
page-cancelled = The analysis was cancelled
page-not_analysed = This run could not be analysed
page-nothing_kept = Nothing was kept.
page-clips_deleted = The uploaded clips were deleted.
page-start_again = Start again
page-no_result_kept = No result was kept.
page-recording_kept = The recording was: it is offered under Record until you analyse or delete it.
page-waiting = { $before ->
        [one] It is next: one run is being analysed before it.
       *[other] { $before } runs are analysed before it.
    }
page-in_queue = The run is in the queue
page-waiting_whom = { $runner } is in the queue
page-begins_by_itself = It begins by itself.
page-others_run = Another station started this analysis; it can be cancelled there.
page-prepare_next = Prepare the next run meanwhile
page-others_wait = { $others ->
        [one] Another station's run is being analysed.
       *[other] { $others } runs of other stations are being analysed or wait.
    } What you begin here waits its turn.
page-unnamed_run = A run without a name
page-job_done = Done
page-job_no_result = Ended without a result
page-show_job = Show

## What staff fill in

page-runner_name = Runner's name
page-optional = Optional
page-belt_speed = Belt speed, km/h
page-belt_speed_example = e.g. 10
page-belt_speed_help = People tilt more when they run faster: the limits follow the speed.
page-belt_speed_wrong = The belt speed must be a number from { $least } to { $most } km/h, such as 10 or 9.8. You typed “{ $typed }”.
page-more_settings = More settings
page-tracker = What follows the runner
page-tracker_help = The angle is measured in the picture, so it hardly depends on this. BlazePose also sees heels and toes, which times the steps best. `gait trackers` lists what is ready.
page-shoe_size = Shoe size
page-shoe_size_wrong = The shoe size must be a number from { $least } to { $most }, such as 42 or 42.5. You typed “{ $typed }”.
page-shoe_size_help = As on your shelf: only shoes in stock in this size are suggested.
page-shoe_worn = Shoe worn
page-shoe_worn_help = What the runner has on now. It stands on the result and the report.

## The first look at a clip

clip-refuse = This clip cannot be judged
clip-warn = Worth a look: { $points } { $points ->
        [one] point
       *[other] points
    }
clip-ok = A good clip
clip-standing = The standing clip does not fit this run
clip_then-standing = The run itself is well.
clip_then-refuse = Choose or record another one.
clip_then-warn = The clip can be analysed.
clip_then-ok = Everything needed is there.
mark-refuse = cannot be judged
mark-warn = worth a look
mark-ok = good
page-needed = needed: { $limit }
page-picture_of_clip = A picture of the clip

## Record

page-record_run = Record a run
page-how_to_record = Camera straight behind the belt at ankle height: first standing still, then 20 s of running.
page-camera = Camera
source-device = This device's camera
source-computer = A camera on the store's computer
page-run_is_next = Now record the run.
page-no_standing_clip = Without a standing clip the label is less certain, and often <b>cannot tell</b>.
part-run = { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s running
part-standing = { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s standing
page-both_parts = { $first } and { $second }
page-left_unreadable = A recording that cannot be read
page-recordings_kept = Recordings are kept until they are analysed or you delete them. { $days ->
        [-1] { "" }
        [0] One that is of no visit goes by itself after an hour.
        [one] One that is of no visit goes by itself after a day.
       *[other] One that is of no visit goes by itself after { $days } days.
    }
page-recorded_at = Recorded { $moment }
page-next_runner = Record the next runner
page-next_runner_help = These clips stay: they are offered below until you analyse or delete them.
page-left_behind = Not analysed yet: { $clips }
page-left_behind_when = , recorded { $moment }.
page-analyse_left = Analyse
page-other_standing_clip = Another standing clip, in place of the one recorded
page-not_now = Not now
page-delete = Delete
moment_pattern = dd MMM, HH:mm

# Shown by the browser, as the entries `sheet-` are: only plain values such as { "{ $n }" }, no NUMBER and no choice.

recorder-rate = { $rate } frames per second
recorder-mode = { $width } x { $height }, { $rate } a second
recorder-picture = { $width } x { $height }, { $rate }
recorder-no_answer = The store's computer does not answer.
recorder-not_reached = The store's computer cannot be reached. What had arrived there is kept.
recorder-needs_https = The browser lends its camera only to pages opened by https, or by http://localhost on the store's computer itself. Ask for the page's https address, or use a camera on the store's computer.
recorder-not_allowed = The browser was not allowed to use the camera: allow it in the address bar, then choose the camera again.
recorder-no_camera = This device has no camera.
recorder-in_use = Another program is using the camera: close it, then choose the camera again.
recorder-not_opened = The camera cannot be opened.
recorder-not_open = The camera is not open. Choose the camera again.
recorder-disconnected = The camera was disconnected. Choose the camera again.
recorder-disconnected_after = The camera was disconnected after { $length } s; these are kept.
recorder-camera_number = Camera { $n }
recorder-network_camera = Network camera ...
recorder-type_address = Type the camera's address.
recorder-none_plugged_in = No camera is plugged into the store's computer. Type a network camera's address, for example rtsp://user:password@192.168.1.20/stream1.
recorder-trying = Trying what the camera can do: this takes about ten seconds.
recorder-nothing = Nothing was recorded.
recorder-live = Live picture
recorder-opening = Opening the camera ...
recorder-title_standing = 1  Standing still, { $seconds } s
recorder-title_run = 2  Running, { $seconds } s
recorder-record = Record
recorder-record_again = Record again
recorder-stop = Stop
recorder-camera = Camera
recorder-size = Picture
recorder-address = Address of the network camera
recorder-find = Find the best picture
recorder-stops = Recording stops by itself.
recorder-soon_standing = Stand still in ...
recorder-soon_run = Recording in ...
recorder-now_standing = Stand still
recorder-now_run = Keep running
recorder-saving = Saving
recorder-saving_left = Saving: { $megabytes } MB to go
recorder-kept = { $length } s, { $frames } frames
recorder-kept_rate = { $length } s, { $frames } frames, { $rate }
recorder-too_slow = { $kept }. The camera sent { $sent }: this device is too slow for this picture. Choose a smaller one and record again.
recorder-start_belt = Start the belt. Press Record when the runner is at speed.
recorder-ready = Ready: the whole runner is in the picture.
recorder-measured = Measured: { $picture }
recorder-measured_short = Measured: { $picture } instead of { $asked }: more light lets a camera be faster.

## How to film

page-guide = Camera behind the treadmill at ankle height
page-guide_camera = Camera straight <b>behind</b> the belt, at ankle height.
page-guide_picture = Both feet and knees in the picture, the whole time.
page-guide_order = <b>3 s standing still</b>, then <b>20 s running</b>. Do not move the camera between the two.
page-guide_light = Bright light, 60 frames per second or more.

## Result

page-nothing_to_show = No results yet. Analyse a run and it will be shown here.
page-no_such_result = This result is not on this computer.
page-no_such_result_why = It may have been deleted.
page-compared = compared with standing
page-not_compared = no standing clip
day_time_pattern = dd MMMM y, HH:mm
page-make_pdf = Make PDF
page-export_pdf = Export PDF
page-pdf_comes = PDF is being made …
page-foot_basis = { $steps } { $steps ->
        [one] step
       *[other] steps
    }, { $read }
page-typical_step = One typical step
page-typical_step_alt = Furthest tilt of a typical step
page-picture_comes = The picture<br>is being drawn
zone-under = under
zone-neutral = neutral
zone-over = over
page-scale = { $value } degrees, likely { $low } to { $high }; neutral from { $under } to { $over }
page-curves = How your heel tilts while the foot is on the ground
page-curves_standing = Thin lines are single steps, drawn through their measured frames. 0° is how you stand.
page-curves_upright = Thin lines are single steps, drawn through their measured frames. There is no standing clip, so 0° is only the picture's upright.
page-rhythm = Your rhythm
page-steps_a_minute = Steps a minute
page-pattern = When each foot is on the ground: from each foot strike, for the foot's mean contact time
page-times = Per step, with the range the true value likely lies in
page-shoes = Shoes to try first
page-no_shoes = No shoe to suggest
page-example_shoe = Example, invented name
page-run_again = Your run again
page-skeleton = The skeleton shows the movement as the camera's software guesses it in 3D.

## Its charts

chart-side = { $side ->
        [left] left
       *[right] right
    }
chart-not_measured = { $side ->
        [left] left
       *[right] right
    }: not measured
chart-no_curve = Could not be measured
chart-over_above = over above { $deg }°
chart-under_below = under below { $deg }°
chart-lands = lands
chart-leaves = leaves
chart-share = { $percent } %
chart-hover_curve = { $deg }° at { $percent } % of ground contact
chart-hover_peak = furthest tilt { $deg }° (likely { $low } to { $high }°)
chart-hover_time = { $side ->
        [left] left
       *[right] right
    } { $value } { $unit } (likely { $low } to { $high })
chart-on_ground = On the ground
chart-in_air = In the air
chart-no_skeleton = No 3D picture
chart-play = Play
chart-stop = Stop
chart-letter = { $side ->
        [left] L
       *[right] R
    }

## Its film, drawn last

page-film_next = The overlay video comes next
page-film_next_after = Pictures and PDF first.
page-no_film = <b>This result has no overlay video.</b> Its figures are whole: the video is only for looking at.
page-film_again = The clip's legs are kept: it can be drawn again from them, which takes as long as an analysis.
page-film_no_clip = The clip is not kept, so that it cannot be drawn again.
page-film_again_now = Draw the video again
page-film_waits_turn = { $place ->
        [0] The overlay video comes next
        [one] The overlay video waits: one run comes before it
       *[other] The overlay video waits: { $place } runs come before it
    }
page-film_waits = It goes on when the other run is analysed.
page-film_drawn = The overlay video is being drawn
page-leave_film_out = Leave it out

## The controls below the film

film-picture = The run with the lines drawn in
film-play = Play
film-pause = Pause
film-place = Place in the video
film-back = One frame back
film-on = One frame on
film-speed = Speed of the video
film-normal = Normal speed
film-half = Half speed
film-quarter = Quarter speed
film-eighth = Eighth speed
film-again = Loop this step
film-keys = Keys: , and . or the arrows go frame by frame, the space bar plays, L loops a step.
film-large = Full screen

## The curve beside the film

tilt-panel = { $foot }: place in this step
tilt-step = Step { $n }
tilt-left_out = left out
tilt-air = in the air
tilt-share = at { $percent } % of ground contact
tilt-how = Thick: this step. Pale: the mean of all steps, with its spread. Click or drag on a curve, and the video goes there.
tilt-limits = Dashed: the limits of neutral at this speed.
tilt-two = { $a } is dashed, { $b } solid.
tilt-both = Both feet at { $percent } % of ground contact
tilt-still = { $foot } at the same moment of its step

## The page has lost its program

connection-lost = This page has no connection to gait.
connection-advice = It goes on by itself when gait answers again. If it does not: see that the store's computer is on, that gait is started there, and that this device is in the store's network. Results and recordings are kept.

## Its steps

page-steps = Every step
page-steps_how = At its furthest tilt. White: the lower leg. Yellow: the back of the shoe. Tap a step to look closer.
page-steps_drawn = The pictures of the steps are being drawn.
page-steps_drawn_then = They appear here by themselves.
page-no_steps = This result has no pictures of its steps.
page-no_steps_then = Its figures are whole; to correct steps, analyse the clip again.
page-steps_found = { $steps } { $steps ->
        [one] step
       *[other] steps
    }
page-steps_found_but = { $steps } { $steps ->
        [one] step
       *[other] steps
    }, { $out } left out
page-by_hand = <b>{ $steps } { $steps ->
        [one] step
       *[other] steps
    } changed by hand.</b> The result says so, and so does the report.
page-undo = Undo all changes
page-put_right = Put right name, speed, size, shoe worn or standing clip
page-put_right_now = Put right
page-put_right_is = <b>Put right after the analysis:</b> { $what }. The report says the same.
page-put_right_undo = Take this back
page-put_right_same = Nothing was changed.
page-put_right_standing = Another standing clip
page-put_right_standing_help = The standing clip of the same runner, in the same shoe, from the same camera. The run is measured again with it.
page-put_right_run = The same running clip again
page-put_right_run_gone = The run's clip is not kept after its analysis: to put the standing clip right, choose the same file again, or record the run again if it was recorded here.
page-put_right_steps_again = <b>{ $steps ->
        [one] The step that was corrected by hand will lose its correction.
       *[other] The { $steps } steps that were corrected by hand will lose their corrections.
    }</b> The run is measured anew; correct them again afterwards.
page-put_right_measure = Measure again
page-back_to_result = Back to the result
page-judging = Judging again …

# Shown by the browser: only plain values such as { "{ $n }" }, no NUMBER and no choice.

sheet-step = Step { $n }
sheet-step_named = { $foot }, step { $n }: { $angle }
sheet-step_named_out = { $foot }, step { $n }: { $left_out }, { $why }
sheet-left_out = left out
sheet-left_out_why = Left out: { $why }
sheet-moved = lines moved
sheet-save = Save the lines
sheet-grip_shank_lower = lower leg line, lower end
sheet-grip_shank_upper = lower leg line, upper end
sheet-grip_heel_lower = heel line, lower end
sheet-grip_heel_upper = heel line, upper end
sheet-drag = Drag the ends of a line if it does not lie on the leg or on the middle of the heel.
sheet-accept = Count this step again
sheet-reject = Leave this step out
sheet-reset = Put the lines back
sheet-close = Close

## Its figures

page-how_judged = How this was judged
page-all_figures = All figures
page-tab_watch = Watch
page-tab_figures = Figures
page-tab_steps = Steps
page-tab_how_judged = How it was judged
page-limits = Neutral at this speed is <b>{ NUMBER($under_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° to { NUMBER($over_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°</b>. Where that comes from: { $source }.
more-touchdown_deg = Heel tilt as the foot lands
more-peak_eversion_deg = Furthest heel tilt
more-eversion_excursion_deg = From landing to furthest
more-time_to_peak_pct = Furthest after this share of ground contact
more-toe_out_deg = Toes point out by
more-peak_3d = What motion capture in 3D would likely show
more-pelvic_drop_deg = Hip drops on the other side by
more-knee_alignment_deg = Knee inside the line from hip to ankle
more-heel_whip_deg = Foot turns after leaving the ground by
more-step_width_pct_leg = Foot lands beside the middle, share of leg length
more-foot_strike_angle_deg = Toes up as the foot lands
more-overstride_pct_leg = Foot lands ahead of the hip, share of leg length
more-knee_flexion_contact_deg = Knee bent as the foot lands
more-shank_angle_contact_deg = Lower leg leans back as the foot lands

## A clip that seems to be in slow motion

page-slow_motion_yes = It was filmed in slow motion ({ $times }x): analyse again
page-slow_motion_no = It was not: delete the clip
page-slow_motion_waits = The clip is kept until you choose, and deleted when you begin something else.

## Earlier results

page-kept_here = Kept on this computer until you delete them.
page-nothing_to_list = No results yet. Analyse a run and it will be listed here.
page-find_runner = Find a runner or a day
page-find_name = Name or date
page-delete_whom = Delete the result of { $name } for good?
short_day_time_pattern = dd MMM y, HH:mm
page-not_judged = Could not be judged
page-side_and_label = { $side ->
        [left] Left
       *[right] Right
    }: { $label }
page-open = Open
page-delete_now = Delete now
page-keep = Keep
page-show_all = Show all { $results }
page-nobody = Nobody of that name, and no result of that day.

## Customers and visits

title-visit = Visit
title-customers = Customers
title-returns = Bought and returned
title-staff = Who signs in
title-log = Who did what
title-keeping = What is kept how long
title-calibrate = Calibrate
page-whose_visit = Find the customer by a few letters of the name, or begin without a name.
page-find_customer = Customer
page-find_letters = A few letters of the name
page-new_customer = New customer: { $name }
page-no_such_name = Nobody is called that yet.
page-no_name = Without a name
page-came = { $visits ->
        [one] one visit, on { $day }
       *[other] { $visits } visits, the last on { $day }
    }
page-never_came = no visit yet
page-walk_in = Begin without a name
page-walk_in_help = The visit is deleted in the evening unless you keep it.
page-walk_in_goes = This visit has no name. It is deleted in the evening unless you keep it.
page-walk_in_kept = This visit has no name. You keep it.
page-keep_visit = Keep it
page-do_not_keep = Do not keep it
page-give_name = Give it a name
page-left_open = Not finished yet
page-visit_begun = Begun { $moment }
page-visit_ended = finished { $moment }
page-put_into_visit = Put into a visit
page-begin_visit = Begin a visit
page-go_on_visit = Go on with the visit
page-agrees = The customer agrees
purpose-analyse = To be filmed and analysed
purpose-keep_video = To our keeping the video
purpose-keep_numbers = To our keeping the numbers
purpose-contact = To being contacted
asks-analyse = May we film your run and measure it, to help you choose a shoe?
asks-keep_video = May we keep the video, so that you can look at it again at your next visit?
asks-keep_numbers = May we keep what we measured, so that we can compare it at your next visit?
asks-contact = May we write to you or call you about your shoes?
page-text_version = Text { $version }
page-shoes_run_in = Shoes run in
page-which_shoe = Shoe
page-which_shoe_example = Choose or type a shoe
page-barefoot = Barefoot
page-no_shoe_said = A shoe without a name
page-record_now = Record
page-choose_clips = Choose clips
page-ask_first = First ask whether the customer agrees to be filmed and analysed, and tick it.
page-not_run = Remove
page-no_result_yet = Not run in yet
page-result_deleted = The result was deleted
page-comfort = Comfort, in the runner's own word: 0 is bad, 10 is very good
page-comfort_is = Comfort { $comfort } of 10
page-label_waits = The label waits for comfort
page-comfort_title = Comfort
page-comfort_why = The customer rates the shoes before anybody sees a label: a shoe that is said to fit one's gait feels better, whatever it is.
page-comfort_done = 0 to 100 on each scale, as the customer marked it. More is more comfortable.
page-comfort_how = Hand out the shoes in this order, and call them by their letter. A tablet that is let in finds them under “Comfort”. A visit that is finished before counts as skipped.
page-comfort_here = Rate on this screen
page-comfort_skip = Skip comfort
page-comfort_skip_what = The labels are shown at once. It is written down that you skipped it.
page-comfort_skip_now = Skip it and show the labels
page-comfort_shoe = Shoe
page-comfort_mean = Mean
page-comfort_state = { $state ->
        [skipped] skipped
       *[waits] still to be rated
    }
page-comfort_setting = Comfort is rated before a label is shown
page-comfort_setting_what = It holds for visits with two shoes or more, from the second shoe on.
scale-heel = Heel
scale-stability = Stability
scale-forefoot = Forefoot
scale-flexibility = Flexibility
page-rate_lead = How does each shoe feel? There is no right answer.
page-nothing_to_rate = No shoes wait to be rated. They appear here by themselves.
page-rate_shoes = { $count ->
        [one] Rate shoe { $codes }
       *[other] Rate shoes { $codes }
    }
page-rate_shoe = Put on shoe { $code } and run a few steps
page-rate_place = Shoe { $place } of { $count }
page-rate_how = Then move each handle to where the shoe belongs. Only what you move counts.
page-rate_left = { $left ->
        [one] One scale is left.
       *[other] { $left } scales are left.
    }
page-rate_done = Done with shoe { $code }
page-rate_not = I would rather not rate the shoes
page-rated_all = Thank you. Please hand the tablet back.
page-rate_others = Other shoes
rate-heel = Cushioning under the heel
rate_what-heel = How comfortable is it when your heel lands?
rate-stability = Stability
rate_what-stability = How comfortably does the shoe hold your foot while you run?
rate-forefoot = Cushioning under the forefoot
rate_what-forefoot = How comfortable is it under the ball of your foot?
rate-flexibility = Flexibility of the forefoot
rate_what-flexibility = How comfortably does the shoe bend when you push off?
rate-worst = not comfortable at all
rate-best = as comfortable as I can imagine
page-bought_this = Bought this shoe
page-bought = Bought
page-note_bought = Note as bought
page-bought_on = bought on { $day }
page-returned_on = bought on { $bought }, came back on { $returned }
page-came_back = Came back
page-why_returned = Why
page-came_back_today = It came back today
page-not_returned = It was not returned
page-not_bought = It was not bought
page-finish = Finish the visit
page-reopen = Go on with this visit
page-begun_by_mistake = Begun by mistake: delete
page-earlier_visits = Earlier visits
page-first_visit = This is the first visit.
page-to_customer = The customer's page
page-for_this_visit = The next clip is for this visit: { $shoe }
page-to_the_visit = To the visit
page-to_visit_of = To the visit: { $name }
page-not_this_visit = Not for this visit
page-customers_count = { $customers ->
        [one] One customer.
       *[other] { $customers } customers.
    }
page-no_customers = No customers yet. Begin a visit, and its customer will be listed here.
page-all_customers = All customers
page-more_customers = Show more
page-to_customers = All customers
page-what_is_asked = What customers are asked
page-words_kept = These are the store's own words. Who agreed before keeps the words they agreed to.
page-keep_words = Use these words
page-visits = Visits
page-no_visits = No visit yet.
page-still_open = not finished
page-made_by = Result of gait { $method }
page-agreed_to = Agreed to
page-agreed_to_nothing = Nothing holds at present.
page-agreed_on = on { $day }, text { $version }
page-withdraw = Withdraw
page-rename = Name and contact
page-customer_name = Name
page-contact = Telephone or e-mail
page-merge = Two entries of one person
page-merge_how = Find the other entry. Its visits come to { $name }, and it is listed no more.
page-merge_whom = { $visits ->
        [0] { $other } has no visits. { $other } and { $name } become one entry. This cannot be undone.
        [one] The visit of { $other } comes to { $name }. This cannot be undone.
       *[other] All { $visits } visits of { $other } come to { $name }. This cannot be undone.
    }
page-merge_now = They are one person
page-export_all = Everything to take along
page-export_all_what = One zip with all that the store keeps of this customer: tables, results, clips.
page-export_visit_what = One zip with all that the store keeps of this visit: tables, results, clips, and the results in the forms of other programs.
page-export_make = Put it together
page-export_making = Putting it together …
page-export_save = Save the zip
page-delete_all = Delete everything on this customer
page-kept_clip = Show the kept clip
page-delete_all_what = Visits, results and clips go for good. What was bought stays as a count that names nobody.
page-delete_all_whom = Delete everything on { $name } for good? { $visits ->
        [one] One visit
       *[other] { $visits } visits
    } and { $results ->
        [one] one result
       *[other] { $results } results
    } go.
page-deleting = Deleting …
page-deleted = Everything was deleted: { $files } files. Receipt { $receipt }. Backups that were made before still hold it.
page-save_receipt = Save the receipt
page-receipt_done = Done
page-keeping_what = Videos and numbers go by themselves when their time is over. No face is in what is kept.
page-calibrate_what = Print the page, film it where the heels are, and let it be read: it says how far this camera’s angles are off.
page-calibrate_print = The page to print
page-calibrate_paper = Paper
paper-a4 = A4
paper-letter = US letter
page-calibrate_save = Save the page
page-calibrate_how = Print it at 100 % on plain white paper. Its second page says how it is used.
page-calibrate_read = Read a clip of it
page-calibrate_camera = Camera
page-calibrate_by_clip = as the clip says
page-calibrate_ruler = Printed ruler in mm
page-calibrate_unmeasured = not measured
page-calibrate_anew = The camera was moved on purpose
page-calibrate_clip = Clip of the page
page-calibrate_go = Read it
page-calibrate_reading = The page is being read …
page-calibrate_cameras = Cameras
page-calibrate_none = No camera was calibrated yet.
page-calibrate_off = up to { NUMBER($worst_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° off, roll { NUMBER($roll_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°
page-calibrate_notes = { $notes ->
        [0] nothing to note
        [one] one note
       *[other] { $notes } notes
    }
page-keep_rules = How long
page-change_rules = Change how long
page-keep_rules_now = Keep it so
page-rule_ground = { $ground ->
        [agreed] The customer agreed
        [not_agreed] Nobody agreed
       *[unknown] Not known whether anybody agreed
    }
page-rule_days = { $kind ->
        [video] Videos
       *[numbers] Results and runs
    }, days after the visit. { $ground ->
        [agreed] The customer agreed
        [not_agreed] Nobody agreed
       *[unknown] Not known
    }
page-rule_never = until somebody deletes it
page-rule_for = { $days ->
        [-1] until somebody deletes it
        [0] until the visit ends
        [one] one day
       *[other] { $days } days
    }
page-rule_films = Videos
page-rule_results = Results and runs
page-rule_at_once = A shorter time holds for what is there already. What is then overdue goes within ten minutes. An empty field keeps it until somebody deletes it.
page-rule_evening = Walk-ins that nobody keeps go at
page-rule_walk_ins = Walk-ins that nobody keeps go at { $evening }. What a customer takes back goes at once.
page-rule_recordings = { $days ->
        [-1] A recording that is of no visit stays until somebody analyses or deletes it.
        [0] A recording that is of no visit goes after an hour.
        [one] A recording that is of no visit goes after a day.
       *[other] A recording that is of no visit goes after { $days } days.
    }
page-rule_loose = { $days ->
        [-1] A result that is of no visit stays until somebody deletes it.
        [0] A result that is of no visit goes after an hour.
        [one] A result that is of no visit goes after a day.
       *[other] A result that is of no visit goes after { $days } days.
    }
page-rule_no_visit_days = { $kind ->
        [recording] Recordings that are of no visit, days after they were made
       *[result] Results that are of no visit, days after they were made
    }
page-next_deletions = What goes next
page-nothing_goes = Nothing goes in the next { $days } days.
page-goes_on = { $day }
page-goes_overdue = now
page-goes_of = { $kind } of { $name }, visit of { $day }
page-goes_of_nobody = { $kind }, visit of { $day }
page-goes_recording = { $kind } of { $day }
page-goes_result = { $kind } of { $name }, { $day }
page-goes_more = And { $more } more in the next { $days } days.
page-goes_now = Delete what is due now
page-goes_now_running = Deleting what is due
page-clock_log = What was deleted by itself
page-clock_never = That has not been done yet.
page-clock_did = { $state ->
        [cut_short] Cut short. The next run goes on.
        [fault] Not everything could go. The next run tries again.
       *[done] Done.
    } { $count ->
        [0] Nothing was due.
        [one] One deletion.
       *[other] { $count } deletions.
    }
page-receipts = Receipts
page-no_receipts = Nothing was deleted yet.
page-receipt_of = { $target ->
        [customer] Everything on a customer
        [visit] A visit
        [numbers] Results and runs of a visit
        [recording] A recording that was of no visit
        [result] A result that was of no visit
       *[video] Videos of a visit
    }, { $files ->
        [one] one file
       *[other] { $files } files
    }
page-receipt_unfinished = under way
page-backup = Backup
page-backup_never = No backup was made yet.
page-backup_how = Call gait backup FILE on the store's computer.
page-backup_made = The last one was made on { $day }.
page-backup_old = { $days ->
        [one] It should be no older than one day.
       *[other] It should be no older than { $days } days.
    }
page-returns_what = How often shoes came back, and after which result.
page-looking_back = Bought in the last
page-months = { $months } months
page-nothing_bought = Nothing was noted as bought in these months. Note it at the visit.
page-by_shoe = By shoe
page-by_category = By category
page-by_label = By label
page-by_month = By month
page-came_back_of = { $returned } of { $bought } came back; { $runs ->
        [0] none was run in here
        [one] one was run in here
       *[other] { $runs } were run in here
    }
page-share_likely = { NUMBER($percent, maximumFractionDigits: 0) } %, likely { NUMBER($low, maximumFractionDigits: 0) }–{ NUMBER($high, maximumFractionDigits: 0) } %
page-labels_twice = Only shoes that were run in here. A runner whose feet have two labels counts under both.
page-returns_not_why = Shoes come back for many reasons. With fewer than { $few } pairs a share says little.
page-latest_bought = Bought last
month_pattern = MMMM y

## Told to a recording page instead of an answer

export_over = This file is gone or was made by somebody else. Make it again on the customer's page.
visit_over = This visit is over. Load the page again.
too_large = Too large.
not_understood = That cannot be understood.

### What the command prints ---------------------------------------------------------------------------------------------

mark_line-ok = ok
mark_line-warn = LOOK
mark_line-refuse = REFUSE
mark_line-missing = BAD
cli-check_line = { $name }  { $value }
cli-check_line_needed = { $name }  { $value } (needed: { $limit })
cli-runner_at = Runner { $number }, counted from the left: --runner-at { $place }
cli-not_judged = { $file } cannot be judged. { $why }
cli-stopped = stopped; nothing was written.
cli-stopped_drawing = stopped.
cli-whole = { $why } The result is whole.
cli-whole_but = { $why } The result is whole but for { $missing }.
cli-list_end = { $most } and { $last }
cli-missing_steps = the step pictures
cli-missing_pdf = the PDF
cli-missing_overlay = the overlay video
cli-openpose_found = { $networks } found in { $folder }.
cli-openpose_ask = Have you read OpenPose's licence, and will you keep to it? Type yes:
cli-openpose_yes = yes
cli-openpose_left = Nothing was changed.
cli-openpose_kept = Kept. The trackers openpose, openpose-coco and openpose-mpi use the networks in that folder.
cli-tracker_ready = ready
cli-tracker_lacks = missing
cli-tracker_points = { $points } points { $feet ->
        [yes] with heels and toes
       *[no] without heels and toes
    }
cli-tracker_got = The network is in { $path }.
cli-tracker_measured_on = Measured on the first 2 seconds of { $file }, points against the truth in its pixels:
cli-tracker_measured = { NUMBER($processor_ms, maximumFractionDigits: 0) } ms of processor a picture; seen in { NUMBER($seen, style: "percent") }; knee { NUMBER($knee, maximumFractionDigits: 0) } px off, ankle { NUMBER($ankle, maximumFractionDigits: 0) } px (median); ankles exchanged in { NUMBER($exchanged, style: "percent") }
cli-points_written = { $frames } frames of key points were written to { $out }.
cli-export_lacking = { $form } was not written. { $why }
export_refused = The clip could not be judged, so there are no figures.
export_no_tables = The result has no tables.
export_no_trajectories = The result has no trajectories.
export_no_angles = No angle of a heel was measured.
export_no_pictures = The result has no freeze frame.
export_too_long = C3D holds at most { $most } frames, and the clip has { $frames }.
cli-written = Written:
cli-calibrate_printed = Print it at 100 % on plain white paper. Its second page says how it is used.
cli-calibrated = { $camera }, { NUMBER($width, maximumFractionDigits: 0) } x { NUMBER($height, maximumFractionDigits: 0) }, read in { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }:
cli-calibrated_against = Held against the calibration of { $date }.
cli-note = Note: { $finding }
cli-side = { $side ->
        [left] Left
       *[right] Right
    }
cli-foot = { $side } foot: { $label } { $angle }, { $steps } steps
label_within-neutral = neutral
label_within-over = over-pronating
label_within-under = under-pronating
label_within-undetermined = cannot tell
cli-peak_standing = furthest heel tilt { $deg }° (likely { $low } to { $high }°) from standing
cli-peak_alone = furthest heel tilt { $deg }° (likely { $low } to { $high }°), no standing clip
cli-no_peak = furthest heel tilt not measured
cli-cadence = Cadence: { $spm } steps/min
cli-compared = A: { $a }
    B: { $b }
    A change is B less A.
cli-compared_foot = { $side ->
        [left] Left foot
        [right] Right foot
       *[both] Both feet
    }
cli-compared_line = { $a } { $b }  { $change }  (likely { $low } to { $high })  { $verdict }
cli-compared_not = { $verdict }. { $why }
cli-compared_many = Many figures were judged at once. Holm's method keeps the chance below 5 % that any of them is called real although nothing has changed: once for the peaks of both feet, once for all the others.
cli-seconds_left = , { NUMBER($left_s, maximumFractionDigits: 0) } s left
cli-example_runner = Example Runner
cli-customer = { $id }  { $name }  { $visits ->
        [0] no visit yet
        [one] one visit, { $last }
       *[other] { $visits } visits, the last { $last }
    }
cli-no_customer = Nobody of that name is known.
cli-walk_in = walk-in
cli-no_shoe = shoe not noted
cli-visit = { $id }  { $started }  { $name }{ $state ->
        [open] {" "}(unfinished)
       *[finished] {""}
    }
cli-run = { $position }. { $shoe }: left { $left }, right { $right }  ({ $result }, gait { $method })
cli-run_open = { $position }. { $shoe }: no result
cli-run_refused = { $position }. { $shoe }: could not be judged  ({ $result }, gait { $method })
cli-consent = { $state ->
        [withdrawn] Withdrawn
       *[given] Agreed
    }: { $purpose ->
        [analyse] analyse the run
        [keep_video] keep the video
        [keep_numbers] keep the numbers
       *[contact] contact the customer
    }, text { $version }, { $given }
cli-purchase = Bought { $shoe } on { $bought }{ $back ->
        [yes] , came back on { $returned }
       *[no] {""}
    }
cli-records_upgraded = { $case ->
        [made] New records at { $place }, schema { $now }.
        [same] The records at { $place } are of today's schema, { $now }.
       *[done] The records at { $place } went from schema { $before } to { $now }.
    }
cli-records_fit = Records and results fit.
cli-records_advice = gait records rebuild makes the records that are missing and takes corrected numbers over. What else is named needs a person: nothing was changed.
cli-records_aside = The damaged database was set aside: { $file }
cli-records_rebuilt = Made: { $customers ->
        [one] one customer
       *[other] { $customers } customers
    }, { $visits ->
        [one] one visit
       *[other] { $visits } visits
    }, { $runs ->
        [one] one run
       *[other] { $runs } runs
    }. Numbers taken over again: { $refreshed }.
cli-records_unreadable = Left as it is, because its result cannot be read: { $name }
cli-records_lost = What no result folder says is not known of these: { $what }. Two people of one name are one entry.
cli-computer = { $id }  { $called }{ $case ->
        [here] { " " }(this one)
        [gone] { " " }(gone for good)
       *[other] { "" }
    }  last seen { $seen }  { $to_delete ->
        [0] owes no deletion
        [one] owes one deletion
       *[other] owes { $to_delete } deletions
    }, { $alone ->
        [0] nothing is there alone
        [one] one result or clip is there alone
       *[other] { $alone } results and clips are there alone
    }{ $waiting ->
        [0] { "" }
        [one] , one analysis waits there
       *[other] , { $waiting } analyses wait there
    }
cli-no_computers = No computer is known: that begins with an object store (GAIT_FILES_URL).
cli-computer_closed = { $id } is gone for good. Deletions do not wait for it any more{ $alone ->
        [0] { "" }
        [one] ; one result or clip was there alone
       *[other] ; { $alone } results and clips were there alone
    }{ $waiting ->
        [0] { "" }
        [one] ; one analysis that waited there is given up
       *[other] ; { $waiting } analyses that waited there are given up
    }. Should it come back, it deletes first what was to go.
cli-computer_receipts = { $left ->
        [0] No receipt is open.
        [one] One receipt is still open: the object store or another computer has a copy.
       *[other] { $left } receipts are still open: the object store or another computer has copies.
    }
trouble-result_without_run = result without a record:
trouble-run_without_result = record without its result:
trouble-half_result = half a result:
trouble-other_numbers = record with other numbers than its result:
trouble-clip_without_run = clip without a record:
trouble-run_without_clip = record without its clip:
trouble-job_without_clip = analysis that waits without its clip:
trouble-clip_without_job = clip that no analysis waits for:
trouble-half_record = half a record:
trouble-not_found_by_name = customer whom no name leads to, or two entries for one:
trouble-broken_database = database that is damaged inside:
trouble-stored_without_run = in the object store without a record:
trouble-not_in_store = no longer in the object store:
trouble-store_not_compared = object store that could not be compared:
lost-contacts = contacts
lost-consents = consents
lost-purchases = purchases and returns
lost-shelf_shoes = which shoes of the shelf were worn
lost-comfort = comfort
lost-ratings = how shoes were rated
lost-kept_clips = kept clips
lost-merged = merged entries
lost-renamed = new names
lost-notes = notes
lost-staff = staff
lost-settings = settings
lost-audit = the audit log
lost-receipts = receipts
export-readme = This is everything the store keeps about one person.
export-readme_visit = This is everything the store keeps of one visit. The folder exports has each result in the forms of other programs.
    customer.json holds all of it. The tables (visits, runs, comfort, agreements, purchases) hold the same for a spreadsheet.
    results has one folder for each analysed run: its numbers, pictures, overlay video and PDF. clips has the videos that are kept.
    In every picture and video all but the lower legs is painted over: no face is kept.
    A text in a table that begins like a formula has a ' before it, so that no program calculates with it.
export-not_in_here = A recording of this person waits to be analysed. It is not in this file, because faces can be seen in it.
    It goes as soon as it is analysed, and with everything else that is deleted about this person.
cli-delete_asks = This deletes everything about this customer for good: { $visits } visits, { $results } results, { $clips } clips. Say --yes to do it.
cli-deleted = Deleted. Receipt { $id }: { $files } files, { $visits } visits, { $runs } runs, { $agreements } agreements. What was bought stays as a count without a name.
cli-deleted_backups = Backups that were made before still hold it.
cli-exported = Everything about this customer is in { $file }
cli-exported_visit = Everything of this visit is in { $file }
cli-rule = { $kind ->
        [recording] Recordings that are of no visit
        [result] Results that are of no visit
        [video] Videos
       *[numbers] Results and runs
    }, { $ground ->
        [agreed] the customer agreed:
        [not_agreed] nobody agreed:
       *[unknown] not known whether anybody agreed:
    } { $days ->
        [-1] until somebody deletes them
        [0] { $kind ->
            [recording] one hour
            [result] one hour
           *[other] until the visit ends
        }
        [one] { $kind ->
            [recording] one day
            [result] one day
           *[other] one day after the visit
        }
       *[other] { $kind ->
            [recording] { $days } days
            [result] { $days } days
           *[other] { $days } days after the visit
        }
    }
cli-rule_evening = Walk-ins that nobody keeps go at { $evening }. What is taken back goes at once.
cli-nothing_due = Nothing is due.
cli-due = { $due }  { $kind }  { $kind_code ->
        [recording] { $visit }
        [result] { $visit }
       *[other] visit { $visit }
    }  ({ $why })
cli-retention_run = { $started }  { $state ->
        [cut_short] cut short: the next run goes on
        [fault] not everything could go: the next run tries again
       *[done] done
    }, deleted: { $count }
due_kind-walk_in = walk-in
due_kind-numbers = results and runs
due_kind-video = videos
due_kind-recording = recording
due_kind-result = result
due_why-result_of_no_visit = it is of no visit
due_why-no_visit = it is of no visit, and nobody analysed it
due_why-walk_in = nobody keeps it
due_why-rule = its time is over
due_why-no_consent = nobody agreed to keep it
due_why-unknown_consent = not known whether anybody agreed
due_why-withdrawn = the consent was withdrawn
cli-backup = { $case ->
        [made] Everything is in { $file }
       *[restored] Restored the backup of { $made }
    }: { $results } results, { $clips } clips, { $rows } records, { NUMBER($mb, maximumFractionDigits: 0) } MB. Every checksum was compared.
cli-backup_store = { $case ->
        [made] Not in this file:
       *[restored] Not in that file:
    } { $things ->
        [one] one result or clip
       *[other] { $things } results and clips
    } that only the object store has. Keep the store safe as well.
cli-staff = { $username }  { $role ->
        [manager] manager
       *[staff] staff
    }  { $name }{ $state ->
        [disabled] { "" }  (disabled on { $day })
       *[in] { "" }
    }
cli-no_staff = Nobody has an account yet: gait staff add NAME --role manager makes the first one.
cli-choose_password = Choose a password:
cli-password_again = Once more:
cli-first_manager = Others in the network can reach gait, so everybody signs in. Make the first account, a manager's.
cli-first_name = Name:

### What `gait doctor` found -----------------------------------------------------------------------------------------

doctor_not_installed = not installed
doctor_install_again = Run `make setup` in a checkout, else install gait again.
doctor_opencv = OpenCV loads
doctor_install_libgl = On Linux install libGL (Debian and Ubuntu: apt install libgl1 libglib2.0-0), or use `make setup`, which takes the build that needs none.
doctor_model = pose model
doctor_camera = camera
doctor_calibration = Cameras calibrated
doctor_calibrated = { $cameras ->
        [one] one camera
       *[other] { $cameras } cameras
    }, longest ago { $camera }, { $when }
doctor_calibrate = Type gait calibrate --print FILE.pdf, film the page, and let gait calibrate read the clip.
doctor_calibrate_again = Film the calibration page with { $camera } again and let gait calibrate read the clip.
doctor_no_camera = none found
doctor_phone_will_do = Clips from a phone work without one.
doctor_not_looked_for = not looked for on { $system }
doctor_encoder = video encoder
doctor_encoders = { $first }; this computer has { $here }
doctor_records = the store's records
doctor_staff = accounts
doctor_staff_found = { $managers ->
        [one] one manager
       *[other] { $managers } managers
    }, { $staff } staff
doctor_staff_none = none: needed only where others in the network reach gait
doctor_first_manager = Call gait staff add NAME --role manager: nobody can manage the others.
doctor_retention = deletion by itself
doctor_ran = ran { $when }
doctor_never = never yet
doctor_run_retention = Start gait, or call gait retention run: it says what could not be deleted.
doctor_jobs = analyses
doctor_waiting = { $waiting ->
        [0] none waits
        [one] one waits or is at work
       *[other] { $waiting } wait or are at work
    }
doctor_stuck = { $stuck ->
        [one] one has not moved since { $when }
       *[other] { $stuck } have not moved, the first since { $when }
    }
doctor_take_up = Start gait, or close it and start it again: it begins the analysis anew.
doctor_backup = backup
doctor_backed_up = made { $when }
doctor_back_up = Call gait backup FILE at least once in { $days } days.
page-kept_elsewhere = in the object store, fetched when opened
doctor_files = object store
doctor_files_wait = { $to_put ->
        [0] nothing waits to be put there
        [one] one result or clip waits to be put there
       *[other] { $to_put } results and clips wait to be put there
    }, { $to_delete ->
        [0] nothing to be deleted
        [one] one copy to be deleted
       *[other] { $to_delete } copies to be deleted
    }
doctor_files_there = { $place }: { $behind }
doctor_files_wrong = { $what } Meanwhile { $behind }.
doctor_files_by_itself = Start gait on each computer of the store: it does so by itself.
doctor_computer = computer { $called } ({ $id })
doctor_unseen = last seen { $when }, { $to_delete ->
        [0] no deletion waits for it
        [one] one deletion waits for it
       *[other] { $to_delete } deletions wait for it
    }
doctor_gone = Start gait there. If it is gone for good: gait records computers --gone { $id }
doctor_results = results folder { $folder }
doctor_another_folder = Name a folder you may write to: --reports DIR, or the environment's GAIT_REPORTS_DIR.
doctor_writable = writable, { NUMBER($free_gb, maximumFractionDigits: 0) } GB free
doctor_free_space = Free some space: a run needs up to 1 GB while it is analysed.

### Reasons, notes and remarks -----------------------------------------------------------------------------------------

as_written = { $text }

## What the measurement of a foot says

no_whole_step = No whole step of this foot was seen.
standing_shows_no_leg = The standing clip does not show this leg.
standing_moves_about = The runner moves about in the standing clip: film two seconds of quiet standing.
standing_shows_no_foot = The standing clip does not show this foot.
standing_unlike_itself = The pictures of the standing heel do not fit one another: was the runner standing still?
heel_not_recognised = On the run the heel could not be found again as it looked standing: the other leg or the light may hide it.
mid_stance_too_few = Too few pictures of this foot in mid-stance.
part_hidden = Part of each step could not be read: the other leg or the shoe's own turn hides the heel there.
heel_seldom_read = The heel was read in only { NUMBER($share, style: "percent") } of the pictures of this foot's steps.
unlike_standing = On the run this heel does not look as it did standing, which makes its tilt less certain.
heel_parts_disagree = Parts of this heel turn by different amounts, which makes its tilt less certain: is the counter in sight, standing and on the run?
calf_unlike_standing = On the run the sides of the calf do not lie as they did standing: is the wall behind it as dark as the leg?
plain_heel = The back of this shoe is plain, which makes its tilt harder to read: stick-on dots would help.
heel_not_filmed = The heel was not filmed from behind, or could not be seen.
heel_in_too_few_steps = The heel was read in too few steps.
late_tilt = The heel seems to tilt in further late in the step, once it lifts off: that is hard to see, and makes the furthest tilt less certain.
no_touchdown = The heel could not be read at foot strike, so there is no angle at landing and no tilt since landing.
no_zero = Without a standing clip the furthest tilt has no zero; only the tilt since landing is given.

## A foot's label

foot_not_measured = This foot could not be measured in the picture.
key_points_only = Only the tracker's key points could be used, and they do not measure how the heel tilts.
no_peak = The furthest tilt could not be measured.
excursion_only = Without a standing clip only the tilt since landing is known, and it says little about the tilt from standing.
no_speed = No speed was given: judged over { NUMBER($slowest_kmh, maximumFractionDigits: 0) }–{ NUMBER($fastest_kmh, maximumFractionDigits: 0) } km/h.
few_steps = Only { $steps } clean steps; { $needed } are needed.
crosses_a_limit = The likely range crosses a limit, so the label could go either way.
above_the_band = { NUMBER($value_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° is above { NUMBER($over_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°, where the middle range of runners ends at { NUMBER($speed_kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h.
below_the_band = { NUMBER($value_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° is below { NUMBER($under_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°, where the middle range of runners begins at { NUMBER($speed_kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h.
within_the_band = { NUMBER($value_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° lies within { NUMBER($under_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }–{ NUMBER($over_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°, the middle range of runners at { NUMBER($speed_kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h.

error-bad_limits = The limits table cannot be used: { $complaints }.
    .advice = Correct the CSV file.
error-bad_limits-unreadable = The limits table { $path } cannot be read.
    .advice = Name a CSV file.
limits_no_numbers = line { $line } must have numbers for speed_kmh, under_deg and over_deg
limits_under_not_below = line { $line }: under_deg must be below over_deg
limits_no_row = there is no row
limits_one_band = the rest of that table was not kept, so every speed is held against this band

## Shoes to try first

shoes_note = This picks shoes to try first. Comfort on the run decides.
unnamed_camera = Camera without a name
calibrated_wedge = Heel printed at { NUMBER($printed_deg, maximumFractionDigits: 0) }°: read as { NUMBER($read_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° (likely { NUMBER($low_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) } to { NUMBER($high_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°), { NUMBER($off_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° off.
calibrated_mean = All heels together: { NUMBER($off_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° off (likely { NUMBER($low_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) } to { NUMBER($high_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°).
calibrated_roll = Roll: the page leans to the { $way ->
        [left] left
       *[right] right
    } in the picture by { NUMBER($roll_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°, known to { NUMBER($within_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°.
calibrated_scale = Scale: a pixel is { NUMBER($mm_per_px, minimumFractionDigits: 2, maximumFractionDigits: 2) } mm where the page stands.
calibrated_lens = Lens: k1 is { NUMBER($k1, minimumFractionDigits: 2, maximumFractionDigits: 2) } (likely { NUMBER($low, minimumFractionDigits: 2, maximumFractionDigits: 2) } to { NUMBER($high, minimumFractionDigits: 2, maximumFractionDigits: 2) }).
calibrated_no_lens = Lens: the page fills too little of the picture to tell.
calibrated_light = Light: the paper is at { NUMBER($paper, maximumFractionDigits: 0) } of 255, its darkest place at { NUMBER($share, style: "percent") } of the brightest.
calibrate_knocked = The camera is turned by { NUMBER($turned_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° against when it was set up: it may have been knocked. Put it right, or calibrate anew if it was moved on purpose.
calibrate_moved = The page is { $way ->
        [nearer] larger
       *[farther] smaller
    } in the picture by { NUMBER($share, style: "percent") } than when the camera was set up: the camera or its zoom was moved, or the page stands elsewhere.
calibrate_off = A heel printed at { NUMBER($printed_deg, maximumFractionDigits: 0) }° is read { NUMBER($off_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° off, of which { NUMBER($of_place_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° come from where the camera stands. Film straight from behind, at the height of the heels.
calibrate_rolled = The camera is not level: { NUMBER($roll_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°. Heel and shank turn alike, so angles between them stay, but level it all the same.
calibrate_lens = The lens bends straight lines (k1 { NUMBER($k1, minimumFractionDigits: 2, maximumFractionDigits: 2) }). Use the camera’s normal lens, not its wide one.
calibrate_not_measured = Nobody said how long the printed ruler is, so the scale is that of a true print. Measure it and say so.
calibrate_print = The page was printed at { NUMBER($share, style: "percent") }. The scale takes that into account, and angles do not change with it. Print at 100 % the next time.
calibrate_dark = The page is dark: add light where the heels are.
calibrate_burnt = The paper is burnt out: lower the exposure, or bright shoes will be too.
calibrate_uneven = The light is uneven: the darkest place has { NUMBER($share, style: "percent") } of the brightest. Light both heels alike.
calibrate_photo = A photo was read. Cameras cut and sharpen photos otherwise than clips: calibrate with a clip.
advice_more_comfortable = { $felt ->
        [clear] Clearly the most comfortable: marked { NUMBER($by_mm, maximumFractionDigits: 0) } of 100 above { $than }.
       *[small] The most comfortable by a little: marked { NUMBER($by_mm, maximumFractionDigits: 0) } of 100 above { $than }, which is more than chance but may not matter.
    }
advice_less_comfortable = { $felt ->
        [clear] Clearly less comfortable than { $than }: marked { NUMBER($by_mm, maximumFractionDigits: 0) } of 100 below it.
       *[small] A little less comfortable than { $than }: marked { NUMBER($by_mm, maximumFractionDigits: 0) } of 100 below it, which is more than chance but may not matter.
    }
advice_alike = It feels like { $than } as far as can be told ({ NUMBER($by_mm, maximumFractionDigits: 0) } of 100 apart, within noise), and comes { $where ->
        [first] before it
       *[after] after it
    } { $reason ->
        [stock] by what is in stock in this size.
        [label] by the label, whose change is real.
       *[order] only by the order in which they were run in.
    }
advice_rated_alone = The only shoe that was rated: { NUMBER($comfort_mm, maximumFractionDigits: 0) } of 100.
advice_unrated = It was not rated, so nothing puts it before the others.
advice_unrated_of = It was not rated; it comes { $where ->
        [first] before { $than }
       *[after] after { $than }
    } { $reason ->
        [stock] by what is in stock in this size.
        [label] by the label, whose change is real.
       *[order] only by the order in which they were run in.
    }
advice_not_rated = Comfort was not rated, and it should decide: let the customer run in each shoe and say which feels best.
advice_own_best = The customer's own shoe felt best of these. Nothing here is more comfortable.
shoes_evidence = Evidence for matching shoes to feet: low. A Cochrane review (Relph 2022) found that shoes chosen by foot posture probably make little or no difference to injury; for stability and motion control against neutral shoes it is uncertain. So the label only sets the order of trying.
feet_differ = Your feet differ: left { $left ->
        [neutral] neutral
        [over] over-pronating
       *[under] under-pronating
    }, right { $right ->
        [neutral] neutral
        [over] over-pronating
       *[under] under-pronating
    }.
feet_differ_lead = Your feet differ: left { $left ->
        [neutral] neutral
        [over] over-pronating
       *[under] under-pronating
    }, right { $right ->
        [neutral] neutral
        [over] over-pronating
       *[under] under-pronating
    }. The { $lead ->
        [left] left
       *[right] right
    } foot, which tilts in more, sets the order.
foot_unjudged = The { $side ->
        [left] left
       *[right] right
    } foot could not be judged, so a neutral shoe comes first.
neither_judged = Neither foot could be judged, so these three simply differ from each other: let comfort decide.
why_to_compare = A neutral shoe without guiding parts, to compare with: if it feels best on the run, take it.
why_to_begin = A middle-of-the-road neutral shoe to begin with.
why_neutral_other_feel = Neutral too, with a different feel underfoot.
why_firmer_to_feel = A firmer inner side, to feel the difference.
why_firmer = A firmer inner side guides a heel that tilts in; yours tilt in more than most.
why_firmer_one = A firmer inner side guides a heel that tilts in; your { $side ->
        [left] left
       *[right] right
    } one does, by about { NUMBER($peak_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°.
why_firmer_both = A firmer inner side guides a heel that tilts in; your left one does, by about { NUMBER($left_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°, and your right one by about { NUMBER($right_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°.
why_same_other_feel = The same idea with a different feel underfoot.
why_store = Our own choice for feet like yours, to try first.
why_most = The most guidance on the shelf; your heels tilt in far more than most.
why_most_one = The most guidance on the shelf; your { $side ->
        [left] left
       *[right] right
    } heel tilts in by about { NUMBER($peak_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°, far more than most.
why_most_both = The most guidance on the shelf; your left heel tilts in by about { NUMBER($left_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° and your right one by about { NUMBER($right_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°, far more than most.
why_cushioned = Cushioned and neutral: nothing on the inner side pushes against your { $side ->
        [left] left
       *[right] right
    } heel, which tilts in little.
why_cushioned_both = Cushioned and neutral: nothing on the inner side pushes against heels that tilt in little.
why_cushioned_end = Neutral too, from the cushioned end of the shelf.
why_less_cushioned = A neutral shoe with less cushioning, to compare with.
why_neutral = Neutral, as your { $side ->
        [left] left
       *[right] right
    } heel moves within the middle range of runners.
why_neutral_both = Neutral, as both heels move within the middle range of runners.
why_third = Neutral too, so that you have three to compare.
why_nearest = The nearest in stock to a { $category ->
        [neutral] neutral
        [stability] stability
       *[motion-control] motion-control
    } shoe.
why_build = { $cushioning ->
        [soft] Soft
        [medium] Medium
       *[firm] Firm
    } cushioning, { $drop_mm } mm drop.
why_not_firm = Some runners notice the firmer inner side and do not like it.
why_not_other_foot = Your { $side ->
        [left] left
       *[right] right
    } heel tilts no further than most; the firm side is there for the other one.
why_not_stiff = Usually the stiffest kind. In one small trial (Ryan 2011, 81 runners) it brought more pain.
why_not_unguided = It leaves your heel to tilt as it does now, which may be just what feels best.
none_of_category = No { $category ->
        [neutral] neutral
        [stability] stability
       *[motion-control] motion-control
    } shoe is in stock.
none_of_category_in_size = No { $category ->
        [neutral] neutral
        [stability] stability
       *[motion-control] motion-control
    } shoe is in stock in size { $size }.
none_in_stock = No shoe on the shelf is in stock.
none_in_stock_in_size = No shoe on the shelf is in stock in size { $size }.
few_in_stock = Only { $shoes } suitable { $shoes ->
        [one] shoe is
       *[other] shoes are
    } in stock.
few_in_stock_in_size = Only { $shoes } suitable { $shoes ->
        [one] shoe is
       *[other] shoes are
    } in stock in size { $size }.
unknown_code = This version of gait has no words for “{ $code }”.
shoes_as_before = These shoes were chosen before the correction: what the shelf held then is not known any more.

error-bad_shelf_file = This file is no table of shoes.
    .advice = Choose a CSV or Excel file with the names of the columns in its first row.
error-bad_shelf_file-large = This file is larger than { $most } MB.
    .advice = Choose a table of shoes alone.
error-bad_shelf_file-rows = This table has more than { $most } rows.
    .advice = Choose a table of shoes alone.
error-no_such_shoe = There is no shoe { $sku } on the shelf.
    .advice = Somebody may have taken it off. Open the page again.
error-bad_shelf = The shelf cannot be used: { $complaints }.
    .advice = Edit these lines.
error-bad_shelf-unreadable = The shelf { $path } cannot be read.
    .advice = Save it as a CSV file in UTF-8 and choose it again.
error-bad_shelf-columns = The shelf has no column { $missing }.
    .advice = Its columns must be { $columns }.
error-rules_changed_since = Somebody else has changed the rules since this page was opened.
    .advice = Open it again and change what is kept now.
error-bad_rules = The rules of the shelf cannot be used: { $complaints }.
    .advice = Put these right. Until then the rules stay as they are.
error-bad_rules-unreadable = The rules { $path } cannot be read.
    .advice = Save them as a CSV file in UTF-8 and choose it again.
error-bad_rules-columns = The rules have no column { $missing }.
    .advice = Their columns must be { $columns }.
shelf_twice = line { $line }: sku { $sku } is there twice
shelf_no_shoe = there is no shoe
shelf_empty = line { $line }: { $column } is empty
shelf_category = line { $line }: category must be one of { $allowed }. Got '{ $got }'
shelf_cushioning = line { $line }: cushioning must be one of { $allowed }. Got '{ $got }'
shelf_number = line { $line }: { $column } must be a number from 0 to { $most }. Got '{ $got }'
shelf_sizes = line { $line }: sizes must be numbers such as 40;41;42.5 or 38-46. Got '{ $got }'
shelf_currency = line { $line }: currency must be three letters such as EUR, or a sign. Got '{ $got }'
shelf_yes_no = line { $line }: { $column } must be yes or no. Got '{ $got }'
shelf_stock = line { $line }: stock must be pairs by size, such as 42=2; 42 wide=1. Got '{ $got }'

## A step's note in strides.csv

note-not_measured = not measured
note-heel_not_readable = heel not readable
note-no_frame_near_peak = no readable picture near the peak
note-rejected_by_hand = rejected by hand

### Two runs compared ----------------------------------------------------------------------------------------------------

amount-peak_eversion_deg = { $value }°
amount-touchdown_deg = { $value }°
amount-eversion_excursion_deg = { $value }°
amount-time_to_peak_pct = { $value } %
amount-contact_time_s = { $value } ms
amount-flight_time_s = { $value } ms
amount-cadence_spm = { $value } steps/min
amount-step_width_pct_leg = { $value } % of leg length
verdict-real = real change
verdict-noise = within noise
verdict-cannot_tell = cannot tell

## Why

change_real = The difference is larger than the same runner in the same shoe shows from run to run.
change_none = Both runs show the same.
change_within_error = The difference is no larger than the error of measuring it.
change_within_runs = The same runner in the same shoe differs by as much from run to run.
change_by_chance = Among so many figures one differs by as much by chance.
change_not_measured = { $run ->
        [a] The first run does not show it.
        [b] The second run does not show it.
       *[both] Neither run shows it.
    } { $why }
change_too_uncertain = These readings are too uncertain: even a large change would not stand out.
figure_not_measured = It could not be measured.

no_film_of = { $run ->
        [a] The overlay video of the first run is not there
        [b] The overlay video of the second run is not there
       *[both] The overlay videos of both runs are not there
    }, so none was made of the two side by side.
no_common_steps = The two runs have no steps that can be shown side by side.

## What was not the same

apart_runner = These are two runners by name: { $a } and { $b }.
apart_view = The two runs were filmed from different sides.
apart_standing = Each run has a standing clip of its own. The errors of both count in the difference.
apart_standing_shoe = Both runs are referred to one standing clip, but the shoes are not the same. The errors of both readings count in the difference.
apart_standing_missing = Only one of the two runs has a standing clip.
apart_speed = The belt ran at { NUMBER($a_kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } and { NUMBER($b_kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h. Speed alone changes these figures.
apart_speed_unknown = The speed of the belt is not known for both runs. Speed alone changes these figures.
apart_camera = The camera seems to have stood elsewhere or zoomed. That can change the angles.
apart_rate = The clips have { NUMBER($a_hz, maximumFractionDigits: 0) } and { NUMBER($b_hz, maximumFractionDigits: 0) } frames per second. That changes how finely contacts are seen.
apart_version = The results were made by different versions of gait, { $a } and { $b }. Analyse the older clip again if it is still there.
apart_tracker = The results were made with different trackers or networks.
apart_reading = The { $side ->
        [left] left
       *[right] right
    } heel was read in two different ways, such as by dots and by the shoe.

## Its page

page-compare_lead = Two runs, and what differs between them beyond what the same runner in the same shoe shows from run to run.
page-compare_too_few = There is nothing to compare yet: it takes two finished results.
page-compare_with = Compare with another run
page-compare_these = Compare the first and the last shoe
page-compare_first = First run (A)
page-compare_second = Second run (B)
page-compare_change = From A to B the furthest tilt changed by { $change } (likely { $low } to { $high }).
page-compare_smallest = A change of { $smallest } or more would be called real.
page-compare_apart = Not the same in both runs
page-compare_curves = Both runs over each other, each with the band of its steps.
page-compare_legend = A, dashed: { $a }. B, solid: { $b }.
page-compare_figures = All figures
page-compare_a = A
page-compare_b = B
page-compare_change_head = Change from A to B
page-compare_verdict = Verdict
page-compare_both = Both feet
page-compare_likely = likely { $low } to { $high }
page-compare_film = Side by side
page-compare_film_how = Both runs at the same moment of each step: the foot lands, stands and leaves the ground together.
page-compare_make_film = Show both runs side by side
page-compare_film_made = Putting the two videos together …

## The shelf

title-shelf = Shelf
page-shelf_what = The shoes of your store. Three of those in stock are suggested after a run.
page-shelf_file = It is kept in { $file }, a table that every spreadsheet opens.
page-shelf_archived = Show { $count } archived too
page-shelf_is_kept = { $count ->
        [one] Kept: one shoe.
       *[other] Kept: { $count } shoes.
    }
page-shelf_how = Click into a cell to change it, below the last row to add a shoe. Nothing holds before you keep it.
page-shelf_keep = Keep the shelf
page-shelf_import = Take over a table
page-shelf_import_what = CSV or Excel, one shoe a row, names of columns in the first. Nothing is changed before you have seen what is in it.
page-shelf_choose = Table of shoes
page-shelf_columns = Which column is what?
page-shelf_optional = { $name } (may be left out)
page-shelf_no_column = none
page-shelf_lacks = Still to be named: { $columns }.
page-shelf_found = { $bad ->
        [0] All { $good } rows can be taken over.
        [one] { $good } rows can be taken over, one cannot:
       *[other] { $good } rows can be taken over, { $bad } cannot:
    }
page-shelf_more_bad = and { $more } more
page-shelf_take_how = What becomes of the shelf
shelf_how-add = Add the shoes, and bring those of the same number up to date
shelf_how-replace = They take the place of the whole shelf
page-shelf_take = { $count ->
        [one] Take over one shoe
       *[other] Take over { $count } shoes
    }
page-shelf_stock = Count pairs by size and width
page-shelf_size = Size
page-shelf_any_width = pairs
page-shelf_stock_keep = Keep the count
shelf_column-sku = Number
shelf_column_what-sku = Your own number of the shoe.
shelf_column-brand = Brand
shelf_column_what-brand = Who makes it.
shelf_column-model = Model
shelf_column_what-model = As it stands on the box.
shelf_column-category = Category
shelf_column_what-category = neutral, stability or motion-control.
shelf_column-cushioning = Cushioning
shelf_column_what-cushioning = soft, medium or firm.
shelf_column-drop_mm = Drop, mm
shelf_column_what-drop_mm = How much higher the heel lies than the forefoot.
shelf_column-widths = Widths
shelf_column_what-widths = With ; between them.
shelf_column-sizes = Sizes
shelf_column_what-sizes = 40;41;42.5 or a range such as 38-46, in half sizes.
shelf_column-price = Price
shelf_column_what-price = A number.
shelf_column-in_stock = In stock
shelf_column_what-in_stock = yes or no.
shelf_column-currency = Currency
shelf_column_what-currency = Such as EUR.
shelf_column-stock = Pairs
shelf_column_what-stock = Pairs by size, and by width where there are several: 42=2; 42 wide=1. Empty where nobody counts.
shelf_column-archived = Archived
shelf_column_what-archived = yes for a shoe you sell no more: it is suggested to nobody, and its name stays known.
page-shelf_rules = By which rules shoes are suggested
page-shelf_rules_what = For which feet which kind of shoe is looked for, in which order, and who says so. They only set the order of trying: comfort on the run decides.
rule_head-place = Place
rule_head-shoe = Kind of shoe, cushioning wanted first to last, and who says so
rule_feet = { $feet ->
        [neutral] Neutral
        [under] One or both under-pronating
        [over] Both over-pronating
        [over_one] One over-pronating, the other not
        [over_unsure] One over-pronating, the other cannot be told
        [far_over] Both over-pronating, one of them far above most
       *[unjudged] Neither can be told
    }
rule_where = { rule_feet }, place { $place }
rule_feet_unknown = line { $line }: feet must be one of { $allowed }. Got '{ $got }'
rule_place = line { $line }: place must be 1, 2 or 3. Got '{ $got }'
rule_twice = line { $line }: { $where } is there twice
rule_none = there is no rule
rule_missing = { $where } is missing
rule_no_neutral = { rule_feet }: one of the three must be neutral
rule_category = { $where }: category must be one of { $allowed }. Got '{ $got }'
rule_cushioning_order = { $where }: cushioning must be { $allowed } in the order you want, each once. Got '{ $got }'
rule_drop = { $where }: drop must be millimetres from 0 to { $most }, such as 8 or 4-8. Got '{ $got }'
rule_reason = { $where }: why and source must be as gait writes them, or both empty. Got '{ $got }'
rule_note = { $where }: a rule of your own needs a note that says why
rule_note_long = { $where }: a note has at most { $most } letters
rule_source_store = The store's own rule
rule_drop_wanted = { $same ->
        [1] { $low } mm drop
       *[other] { $low } to { $high } mm drop
    }
rules_own = { $own ->
        [0] All of them come with gait.
        [one] One is the store's own, all others come with gait (version { $version }).
       *[other] { $own } are the store's own, all others come with gait (version { $version }).
    }
page-rules_change = Change the rules, and see first what that would do
page-rules_how = Click into a cell to change it. A rule that you change is the store's own: its note says why. Nothing holds before you keep it; results that are there keep the rules they were judged by.
page-rules_try = Try on the last 30 days
page-rules_trying = The shoes of the last 30 days are chosen again
page-rules_keep = Keep the rules
page-rules_reset = Take the rules that come with gait
page-rules_are_kept = Kept as version { $version }. These rules hold from now on.
rule_column-feet = Feet
rule_column-place = Place
rule_column-category = Kind of shoe
rule_column-cushioning = Cushioning, first to last
rule_column-drop_mm = Drop, mm
rule_column_what-drop_mm = 8 or 4-8. It counts after cushioning; empty asks for none.
rule_column-note = Note
rule_column_what-note = Why the store does so. Needed where a rule is not gait's.
tried = Of { $runs ->
        [one] one run
       *[other] { $runs } runs
    } on { $visits ->
        [one] one visit
       *[other] { $visits } visits
    } of the last { $days } days, { $other ->
        [0] none
        [one] one
       *[other] { $other }
    } would have been offered another shoe first.
tried_any = { $other ->
        [0] No run would have been offered other shoes at all.
        [one] For one run any of the three shoes, or their order, would have been another.
       *[other] For { $other } runs any of the three shoes, or their order, would have been another.
    }
tried_nothing = No visit of the last { $days } days has a result on which the rules can be tried.
tried_how = Each run is taken with the labels of its result and what was in stock then; only the rules are exchanged.
tried_left_out = Left out: { $refused } whose clip was not judged, { $unrated } whose shoes are still to be rated, { $not_here } whose result is not on this computer, { $no_shelf } of before results kept the shelf.
tried_head-feet = Feet
tried_head-runs = Runs
tried_head-of_feet = Another shoe
tried_of_feet = { $first } of { $runs } first, { $any } of { $runs } at all
tried_head-before = First by the rules that hold
tried_head-after = First by the changed rules
tried_no_shoe = no shoe
rule_cushioning = { $cushioning ->
        [soft] soft
        [firm] firm
       *[medium] medium
    }
