# German. Sie, short sentences, the words of docs/languages.md. In the order of en.ftl, whose first lines say what an entry may do.
#
# An entry is written anew, not word for word: it says what the English one says as a German speaker would. Numbers with a comma
# are the program's work, but for those that stand in a sentence, such as 1,4°.

### What the quality check found ---------------------------------------------------------------------------------------

## The file

finding-slow_motion_confirmed = In Zeitlupe gefilmt: Das Team hat bestätigt, dass das Video { $times }-mal langsamer läuft als in Wirklichkeit. Alle Zeiten wurden dadurch geteilt.
finding-interlaced = Das Video besteht aus Halbbildern: Jedes Halbbild wird als eigenes Bild verwendet, jede zweite Zeile wird ergänzt.
finding-high_range = Das Video hat einen erweiterten Helligkeitsumfang (HDR, { $transfer }): Die Helligkeit wurde an die eines gewöhnlichen Videos angepasst.
finding-picture_resized = Das Bild ändert mittendrin seine Größe: Bilder mit { $others } wurden auf { $width_px } x { $height_px } Pixel gebracht.
finding-picture_turned = { $turns ->
        [2] Das Bild steht auf dem Kopf: Es wurde umgedreht.
        [1] Das Bild liegt auf der Seite: Es wurde um ein Viertel nach links gedreht.
       *[3] Das Bild liegt auf der Seite: Es wurde um ein Viertel nach rechts gedreht.
    }
finding-picture_unmirrored = Diese Kamera spiegelt, das hat das Team bestätigt: Ihre Bilder wurden richtig herum gedreht.
finding-sides_unconfirmed = Für diese Kamera hat noch niemand bestätigt, dass sie nicht spiegelt. Falls sie spiegelt, sind in diesem Ergebnis links und rechts vertauscht.
    .advice = Beantworten Sie beim nächsten Video dieser Kamera die Frage nach dem linken Fuß. Sie wird nur einmal gestellt.
finding-edit_rate = Laut Datei soll das Video { $times }-mal so schnell abgespielt werden, wie es gespeichert ist: So werden die Zeiten gelesen.
finding-frame_rate = Das Video hat { NUMBER($fps, minimumFractionDigits: 1, maximumFractionDigits: 1) } Bilder pro Sekunde.
finding-frame_rate-low = Das Video hat { NUMBER($fps, minimumFractionDigits: 1, maximumFractionDigits: 1) } Bilder pro Sekunde: Die Zeiten sind grob, und die größte Kippung kann zwischen zwei Bildern liegen.
    .advice = Nehmen Sie mit 60 Bildern pro Sekunde oder mehr auf.
finding-frame_rate-too_low = Das Video hat nur { NUMBER($fps, minimumFractionDigits: 1, maximumFractionDigits: 1) } Bilder pro Sekunde. Ein Schritt ist nach wenigen Bildern vorbei.
    .advice = Nehmen Sie mit 60 Bildern pro Sekunde oder mehr auf.
finding-variable_frame_rate = Die Zeit zwischen den Bildern schwankt ({ NUMBER($uneven, style: "percent") } sind ungleichmäßig). Für jedes Bild wird seine eigene Zeit verwendet.
finding-frames_missing = Die Aufnahme stockt: Bis zu { NUMBER($longest_s, minimumFractionDigits: 2, maximumFractionDigits: 2) } s lang fehlt jedes Bild.
    .advice = Schritte in einer solchen Lücke gehen verloren. Entlasten Sie die Kamera und nehmen Sie neu auf, wenn das Ergebnis dürftig ist.
finding-length-too_short = Das Video dauert nur { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s.
    .advice = Nehmen Sie 20 s gleichmäßiges Laufen auf.
finding-length-short = Das Video dauert { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s. Das sind vielleicht weniger als 7 Schritte pro Fuß.
    .advice = Nehmen Sie 20 s gleichmäßiges Laufen auf.
finding-length-long = Das Video dauert { NUMBER($length_s, maximumFractionDigits: 0) } s, die Analyse braucht also lange.
    .advice = 20 s gleichmäßiges Laufen genügen: Kürzen Sie das Video.
finding-picture_size-small = Das Bild hat { $width_px } x { $height_px } Pixel: zu grob für den Winkel der Ferse.
    .advice = Nehmen Sie mit 720 x 1280 Pixeln oder mehr auf, oder schicken Sie die Originaldatei statt der Kopie aus einem Messenger.
finding-picture_size-too_small = Das Bild hat { $width_px } x { $height_px } Pixel: zu klein für den Winkel der Ferse.
    .advice = Nehmen Sie mit 720 x 1280 Pixeln oder mehr auf, oder schicken Sie die Originaldatei statt der Kopie aus einem Messenger.
finding-frames_lost = { NUMBER($share, style: "percent") } der Bilder gingen bei der Aufnahme verloren, und die Zeiten in der Datei zählen weiter, als fehle nichts. Die Bewegung der Beine zeigt, wo: Die fehlende Zeit wurde ergänzt. Die Zeiten sind etwas unsicherer.
    .advice = Schließen Sie andere Programme auf dem Aufnahmegerät, oder nehmen Sie mit der Kamera-App des Telefons auf.
finding-frames_lost-both = { NUMBER($share, style: "percent") } der Bilder gingen bei der Aufnahme verloren, { NUMBER($added, style: "percent") } wurden doppelt gespeichert, und die Zeiten in der Datei verraten davon nichts. Die Bewegung der Beine zeigt, wo: Die Zeiten wurden richtiggestellt und sind etwas unsicherer.
    .advice = Schließen Sie andere Programme auf dem Aufnahmegerät, oder nehmen Sie mit der Kamera-App des Telefons auf.
finding-frames_lost-somewhere = Bei der Aufnahme gingen offenbar Bilder verloren, und die Zeiten in der Datei zählen weiter, als fehle nichts. Wo sie fehlen, lässt sich nicht sagen. Bodenkontaktzeiten und Schrittfrequenz sind daher unsicher.
    .advice = Schließen Sie andere Programme auf dem Aufnahmegerät, oder nehmen Sie mit der Kamera-App des Telefons auf.
finding-frames_lost-added = { NUMBER($added, style: "percent") } der Bilder wurden doppelt gespeichert, die Datei dauert also länger als der Lauf. Die Bewegung der Beine zeigt, wo: Die Zeiten wurden richtiggestellt und sind etwas unsicherer.
    .advice = Schicken Sie die Originaldatei der Kamera.
finding-repeated_frames = { NUMBER($share, style: "percent") } der Bilder wiederholen das vorige: Von { NUMBER($fps, maximumFractionDigits: 0) } pro Sekunde sind nur { NUMBER($true_fps, maximumFractionDigits: 0) } neu. Die Zeiten sind also gröber, als es scheint.
    .advice = Schicken Sie die Originaldatei der Kamera und machen Sie mehr Licht: Viele Kameras wiederholen Bilder, wenn es dunkel ist.
finding-repeated_frames-too_few_new = { NUMBER($share, style: "percent") } der Bilder wiederholen das vorige: Von { NUMBER($fps, maximumFractionDigits: 0) } pro Sekunde sind nur { NUMBER($true_fps, maximumFractionDigits: 0) } neu. Ein Schritt ist nach wenigen Bildern vorbei.
    .advice = Schicken Sie die Originaldatei der Kamera und machen Sie mehr Licht: Viele Kameras wiederholen Bilder, wenn es dunkel ist.

## Light and sharpness

finding-too_dark = Das Bild ist zu dunkel: Der Läufer ist nicht zu erkennen.
    .advice = Machen Sie mehr Licht oder wählen Sie eine längere Belichtungszeit, und nehmen Sie neu auf.
finding-dim = Das Bild ist dunkel: Rauschen und Bewegungsunschärfe machen die Werte unsicherer.
    .advice = Am meisten hilft mehr Licht auf die Fersen.
finding-overexposed = Mehr als die Hälfte des Bildes ist überbelichtet.
    .advice = Filmen Sie nicht gegen ein Fenster; wählen Sie eine kürzere Belichtung.
finding-still_picture = In diesem Video bewegt sich nichts.
    .advice = Wählen Sie das Laufvideo.
finding-flicker = Das Licht flackert, oder die Kamera ändert ständig ihre Belichtung ({ NUMBER($flicker, style: "percent") }).
    .advice = Sperren Sie die Belichtung. Bei flackernden Lampen stellen Sie die Verschlusszeit auf 1/100 s (bei 60-Hz-Netz 1/120 s).
finding-blurred = Das ganze Bild ist unscharf: Der Fokus sitzt falsch, oder die Linse ist verschmutzt.
    .advice = Wischen Sie die Linse ab, tippen Sie zum Scharfstellen auf die Füße und nehmen Sie neu auf.
finding-heel_dark = Die { $side ->
        [left] linke
       *[right] rechte
    } Ferse ist zu dunkel.
    .advice = Stellen Sie neben die Kamera eine Lampe, die auf die Fersen leuchtet.
finding-heel_flat = Die { $side ->
        [left] linke
       *[right] rechte
    } Ferse hebt sich nicht vom Hintergrund ab.
    .advice = Mehr Licht auf die Fersen oder Klebepunkte auf Schuh und Wade helfen beim Ablesen.
finding-heel_blurred = Die { $side ->
        [left] linke
       *[right] rechte
    } Ferse ist unscharf, während sie am Boden ist.
    .advice = Mit mehr Licht kann die Kamera kürzer belichten. Tippen Sie zum Scharfstellen auf die Füße.

## The runner

finding-no_runner = In diesem Video ist kein Läufer zu sehen.
    .advice = Filmen Sie den Läufer von hinten, den ganzen Körper im Bild. Nichts darf dazwischenstehen.
finding-no_runner-hardly = Eine Person ist nur in { NUMBER($share, style: "percent") } des Videos zu erkennen.
    .advice = Filmen Sie den Läufer von hinten, den ganzen Körper im Bild. Nichts darf dazwischenstehen.
finding-no_runner-few_frames = { $looked_at ->
        [one] Nur 1 Bild des Videos konnte geprüft werden; eine Person war in { $frames } zu sehen.
       *[other] Nur { $looked_at } Bilder des Videos konnten geprüft werden; eine Person war in { $frames } davon zu sehen.
    }
    .advice = Exportieren Sie das Video neu als MP4 (H.264), oder kopieren Sie es noch einmal von der Kamera.
finding-no_runner-changes_size = Das, dem gait folgt, ändert seine Größe um { NUMBER($spread, style: "percent") }. Das ist kein einzelner Läufer auf einem Laufband.
    .advice = Filmen Sie den Läufer von hinten, den ganzen Körper im Bild. Nichts darf dazwischenstehen.
finding-no_runner-nobody = Auf keinem von { $pictures } geprüften Bildern des Videos ist jemand zu sehen.
    .advice = Filmen Sie den Läufer von hinten, den ganzen Körper im Bild und mit genug Licht.
finding-runner_lost = Der Läufer ist nur in { NUMBER($share, style: "percent") } des Videos zu sehen.
    .advice = Kürzen Sie das Video auf den Lauf.
finding-runner_chosen = Auf { $seen } von { $pictures } Bildern ist noch eine Person zu sehen. Ausgewertet wurde die Person, die das Team gewählt hat.
finding-several_people-in_pictures = Auf { $seen } von { $pictures } Bildern sind mehrere Personen zu sehen: Wer ist der Läufer?
    .advice = Wählen Sie den Läufer aus, oder bitten Sie die anderen zur Seite und nehmen Sie neu auf.
finding-several_people-one_runs = Auf { $seen } von { $pictures } Bildern ist noch eine Person zu sehen. Ausgewertet wurde die Person, die läuft.
    .advice = Prüfen Sie das Overlay-Video: Das Skelett muss auf dem Läufer liegen. Bitten Sie andere zur Seite.
finding-several_people-followed_stands = Auf { $seen } von { $pictures } Bildern ist noch eine Person zu sehen, und die, der gait folgt, läuft nicht: Wer ist der Läufer?
    .advice = Wählen Sie den Läufer auf der Seite „Neue Analyse“, oder ergänzen Sie den Befehl um --runner-at X,Y (Anteile der Bildbreite und Bildhöhe). Besser: Bitten Sie andere zur Seite und nehmen Sie neu auf.
finding-several_people-jumps = gait folgte { $jumps ->
        [one] einmal
       *[other] { $jumps }-mal
    } plötzlich einer anderen Person: Wer ist der Läufer?
    .advice = Nur der Läufer soll im Bild sein: Bitten Sie andere zur Seite und nehmen Sie neu auf.
finding-points_misplaced = Die Körperpunkte liegen in diesem Video nicht auf dem Läufer, sondern { NUMBER($torsos, maximumFractionDigits: 1) } Rumpflängen daneben.
    .advice = Geben Sie die Punkte genau dieses Videos an, so wie es das andere Programm gelesen hat.
finding-points_misplaced-sides = Bei den Körperpunkten sind links und rechts vertauscht.
    .advice = Links und rechts gelten vom Läufer aus. Wenn die Kamera spiegelt, geben Sie --mirrored an.
finding-legs_confused = gait hat in { NUMBER($share, style: "percent") } der Bilder das linke und das rechte Bein vertauscht. Das wurde berichtigt.
    .advice = Prüfen Sie das Overlay-Video: Die Farbe des linken Beins muss auf dem linken Bein bleiben.
finding-runner_small-small = Der Unterschenkel ist im Bild { NUMBER($shank_px, maximumFractionDigits: 0) } Pixel lang. Der Winkel der Ferse wird dadurch grob.
    .advice = Gehen Sie näher heran, zoomen Sie, halten Sie das Telefon hochkant oder wählen Sie eine höhere Auflösung.
finding-runner_small-too_small = Der Unterschenkel ist im Bild { NUMBER($shank_px, maximumFractionDigits: 0) } Pixel lang: zu klein, um den Winkel der Ferse zu messen.
    .advice = Gehen Sie näher heran, zoomen Sie, halten Sie das Telefon hochkant oder wählen Sie eine höhere Auflösung.
finding-feet_out_of_view-feet = In { NUMBER($share, style: "percent") } des Videos sind die Füße nicht im Bild.
    .advice = Gehen Sie zurück oder neigen Sie die Kamera nach unten, bis beide Füße und etwas Boden darunter im Bild bleiben.
finding-feet_out_of_view-legs = In { NUMBER($share, style: "percent") } des Videos sind die Beine nicht im Bild.
    .advice = Gehen Sie zurück oder neigen Sie die Kamera nach unten, bis beide Füße und etwas Boden darunter im Bild bleiben.
finding-feet_out_of_view-a_foot = In { NUMBER($share, style: "percent") } des Videos gerät ein Fuß am Boden aus dem Bild.
    .advice = Gehen Sie etwas zurück oder rücken Sie den Läufer in die Bildmitte.
finding-feet_at_edge = Die Sohlen berühren den unteren Bildrand.
    .advice = Neigen Sie die Kamera nach unten, bis unter den Füßen etwas Boden zu sehen ist.
finding-feet_hidden = Die Füße sind verdeckt oder schlecht zu sehen. gait rät, wo sie sind.
    .advice = Zwischen Kamera und Fersen darf nichts stehen. Filmen Sie aus 0,4–0,6 m Höhe über dem Laufband und mit mehr Licht.

## Where the camera stands

finding-not_behind = { $view ->
        [side] Der Läufer wurde von der Seite gefilmt
        [front] Der Läufer wurde von vorn gefilmt
       *[unknown] Es ist unklar, von wo der Läufer gefilmt wurde
    }: Die Kippung der Ferse ist nicht zu sehen, darum gibt es keine Einstufung. Die Zeiten der Schritte gelten trotzdem.
    .advice = Für eine Einstufung stellen Sie die Kamera gerade hinter das Laufband.
finding-camera_rolled = Die Kamera ist um etwa { NUMBER($roll_deg, maximumFractionDigits: 0) }° verdreht: Ihre { $lower ->
        [left] linke
       *[right] rechte
    } Seite liegt zu tief.
    .advice = Richten Sie die Kamera waagerecht aus.
finding-lens_bends = Das Objektiv verbiegt gerade Linien, wie es Weitwinkel tun. Vor dem Messen der Ferse wurde das Bild entzerrt.
    .advice = Filmen Sie aus größerem Abstand mit Zoom, nicht mit der Weitwinkelkamera.
finding-camera_aside = Die Kamera steht nicht gerade hinter dem Läufer, sondern etwa { NUMBER($yaw_deg, maximumFractionDigits: 0) }° seitlich.
    .advice = Stellen Sie die Kamera auf die Mittellinie des Laufbands: 2° seitlich kosten etwa 1° Kippung.
finding-runner_off_centre = Der Läufer ist weit { $side ->
        [left] links
       *[right] rechts
    } im Bild.
    .advice = Richten Sie die Kamera auf die Mittellinie des Laufbands.

## The movement

finding-not_running-in_pictures = Die Person steht auf allen Bildern still: Die Beine bewegen sich nicht.
    .advice = Wählen Sie das Laufvideo. Für das Standvideo gibt es ein eigenes Feld.
finding-not_running-stands = Die Person steht still: Die Beine schwingen nicht.
    .advice = Nehmen Sie 20 s gleichmäßiges Laufen auf dem Laufband auf.
finding-not_running-no_rhythm = Die Person bewegt sich, läuft aber nicht: Es ist kein gleichmäßiger Schrittrhythmus zu erkennen.
    .advice = Nehmen Sie 20 s gleichmäßiges Laufen auf dem Laufband auf.
finding-not_running-jumps = Die Person springt oder hüpft: { NUMBER($cadence_spm, maximumFractionDigits: 0) } federnde Schritte pro Minute sind kein Laufen.
    .advice = Nehmen Sie 20 s gleichmäßiges Laufen auf dem Laufband auf.
finding-not_running-walks = Die Person geht: { NUMBER($cadence_spm, maximumFractionDigits: 0) } Schritte pro Minute ohne Federn.
    .advice = Nehmen Sie 20 s gleichmäßiges Laufen auf dem Laufband auf.
finding-not_running-walks_fast = Die Person geht schnell: { NUMBER($cadence_spm, maximumFractionDigits: 0) } Schritte pro Minute ohne Federn.
    .advice = Nehmen Sie 20 s gleichmäßiges Laufen auf dem Laufband auf.
finding-fast_motion = Das Video läuft offenbar zu schnell: { NUMBER($cadence_spm, maximumFractionDigits: 0) } Schritte pro Minute läuft niemand.
    .advice = Verwenden Sie die Originaldatei der Kamera, keine Zeitrafferaufnahme.
finding-fast_motion-not_so_slow = Das Video ist nicht { $slowed }-fach verlangsamt: Teilt man die Zeiten dadurch, ergeben sich { NUMBER($cadence_spm, maximumFractionDigits: 0) } Schritte pro Minute, und so läuft niemand.
    .advice = Analysieren Sie es noch einmal als gewöhnliches Video oder mit kleinerem Faktor.
finding-slow_motion = Das Video ist offenbar in Zeitlupe, etwa { $factor }-fach verlangsamt: Es zeigt { NUMBER($cadence_spm, maximumFractionDigits: 0) } Schritte pro Minute.
    .advice = Wenn es so gefilmt wurde, bestätigen Sie das: Drücken Sie auf der Ergebnisseite „In Zeitlupe gefilmt ({ $factor }x): neu analysieren“, oder ergänzen Sie den Befehl um --slow-motion { $factor }. Sonst nehmen Sie mit normaler Geschwindigkeit auf.
finding-slow_motion-slower_still = Das Video ist offenbar in Zeitlupe, etwa { $factor }-fach verlangsamt: Es zeigt { NUMBER($cadence_spm, maximumFractionDigits: 0) } Schritte pro Minute. Die angegebenen { $slowed }-fach reichen nicht.
    .advice = Wenn es so gefilmt wurde, bestätigen Sie das: Drücken Sie auf der Ergebnisseite „In Zeitlupe gefilmt ({ $factor }x): neu analysieren“, oder ergänzen Sie den Befehl um --slow-motion { $factor }. Sonst nehmen Sie mit normaler Geschwindigkeit auf.
finding-playback_speed-hardly_rises = Der Körper hebt sich zwischen den Schritten kaum: ein schlurfender Lauf, oder das Video läuft mit falscher Geschwindigkeit.
    .advice = Prüfen Sie, ob das Video mit normaler Geschwindigkeit läuft. Zeiten und Schrittfrequenz hängen davon ab.
finding-playback_speed-as_if_slow = Schritte und Auf-und-ab-Bewegung sehen aus wie bei einem Video, das etwa { NUMBER($times, maximumFractionDigits: 1) }-mal langsamer läuft als in Wirklichkeit. Manche laufen so. Stimmt aber die Geschwindigkeit des Videos nicht, sind Bodenkontaktzeiten und Schrittfrequenz um so viel falsch.
    .advice = Fragen Sie nach, ob das Video mit derselben Bildzahl pro Sekunde gefilmt und gespeichert wurde und mit echter Geschwindigkeit läuft.
finding-playback_speed-as_if_fast = Schritte und Auf-und-ab-Bewegung sehen aus wie bei einem Video, das etwa { NUMBER($times, maximumFractionDigits: 1) }-mal schneller läuft als in Wirklichkeit. Manche laufen so. Stimmt aber die Geschwindigkeit des Videos nicht, sind Bodenkontaktzeiten und Schrittfrequenz um so viel falsch.
    .advice = Fragen Sie nach, ob das Video mit derselben Bildzahl pro Sekunde gefilmt und gespeichert wurde und mit echter Geschwindigkeit läuft.
finding-playback_speed-rises_fast = Der Körper hebt sich zwischen den Schritten zu schnell: ein schlurfender Lauf, oder das Video läuft mit falscher Geschwindigkeit.
    .advice = Prüfen Sie, ob das Video mit normaler Geschwindigkeit läuft. Zeiten und Schrittfrequenz hängen davon ab.
finding-too_few_steps = Vom { $side ->
        [left] linken
       *[right] rechten
    } Fuß wurden nur { $steps } ganze Schritte gefunden. Für eine Einstufung sind { $needed } nötig.
    .advice = Nehmen Sie 20 s gleichmäßiges Laufen auf, mit beiden Füßen im Bild.
finding-too_few_steps-hardly_any = Von einem Fuß wurden nur { $steps } ganze Schritte gefunden.
    .advice = Nehmen Sie 20 s gleichmäßiges Laufen auf, mit beiden Füßen im Bild.
finding-too_few_steps-hardly_any_slowed = Von einem Fuß wurden nur { $steps } ganze Schritte gefunden.
    .advice = Prüfen Sie, ob das Video { $slowed }-fach verlangsamt ist. Nehmen Sie 20 s gleichmäßiges Laufen auf, mit beiden Füßen im Bild.

## The standing clip

finding-no_standing_clip = Ohne Standvideo ist die Einstufung unsicherer und oft „nicht bestimmbar“: Fügen Sie 3 s ruhiges Stehen hinzu.
finding-standing_no_person = Im Standvideo ist nicht mindestens eine halbe Sekunde lang eine Person zu sehen.
    .advice = Nehmen Sie 3 s ruhiges Stehen auf dem Laufband auf, auf beiden Füßen und mit der Kamera wie beim Lauf.
finding-standing_moves = Die Person im Standvideo bewegt sich.
    .advice = Nehmen Sie 3 s ruhiges Stehen auf dem Laufband auf, auf beiden Füßen und mit der Kamera wie beim Lauf.
finding-standing_moves-a_little = Die Person im Standvideo steht nicht ganz still.
    .advice = Nehmen Sie 3 s ruhiges Stehen auf dem Laufband auf, auf beiden Füßen und mit der Kamera wie beim Lauf.
finding-standing_one_leg = Die Person im Standvideo steht nicht auf beiden Füßen.
    .advice = Nehmen Sie 3 s ruhiges Stehen auf dem Laufband auf, auf beiden Füßen und mit der Kamera wie beim Lauf.
finding-standing_view = Das Standvideo ist nicht wie der Lauf von hinten gefilmt.
    .advice = Nehmen Sie 3 s ruhiges Stehen auf dem Laufband auf, auf beiden Füßen und mit der Kamera wie beim Lauf.
finding-standing_feet_out_of_view = Im Standvideo sind die Füße nicht im Bild.
    .advice = Nehmen Sie 3 s ruhiges Stehen auf dem Laufband auf, auf beiden Füßen und mit der Kamera wie beim Lauf.
finding-standing_mirrored = Das Standvideo ist gegenüber dem Lauf gespiegelt.
    .advice = Nehmen Sie beides mit derselben Kamera-App auf und schalten Sie das Spiegeln der Frontkamera aus.
finding-standing_other_place = Das Standvideo wurde von einer anderen Stelle oder mit einer anderen Kamera gefilmt.
    .advice = Lassen Sie die Kamera stehen. Nehmen Sie 3 s ruhiges Stehen auf dem Laufband auf, danach den Lauf.
finding-standing_camera_moved = Zwischen Standvideo und Lauf wurde die Kamera etwas bewegt oder gezoomt.
    .advice = Lassen Sie die Kamera zwischen den beiden Videos unberührt.
finding-standing_camera_moved-too_far = Zwischen Standvideo und Lauf wurde die Kamera bewegt oder gezoomt.
    .advice = Lassen Sie die Kamera unberührt und nehmen Sie noch einmal 3 s ruhiges Stehen auf dem Laufband auf.
finding-standing_other_person = Das Standvideo zeigt eine andere Person oder andere Kleidung als der Lauf.
    .advice = Nehmen Sie 3 s ruhiges Stehen der Person auf, die läuft, in derselben Kleidung.
finding-standing_other_person-body =
    Die Person im Standvideo ist anders gebaut als der Läufer: { $measure ->
        [shoulders] andere Schultern
        [torso] andere Größe
        [calf] andere Waden
       *[skin] andere Farbe der Waden
    }.
    .advice = Nehmen Sie 3 s ruhiges Stehen der Person auf, die läuft, mit der Kamera wie beim Lauf.
finding-standing_doubtful =
    Das Standvideo zeigt vielleicht eine andere Person, das Ergebnis ist darum unsicherer: { $measure ->
        [shoulders] andere Schultern
        [torso] andere Größe
        [calf] andere Waden
       *[skin] andere Farbe der Waden
    }.
    .advice = Wenn es eine andere Person ist, nehmen Sie 3 s ruhiges Stehen der Person auf, die läuft.
finding-standing_other_shoe = Die Fersen sehen beim Lauf anders aus als im Standvideo: ein anderer Schuh, oder sie sind beim Lauf verdeckt.
    .advice = Nehmen Sie 3 s ruhiges Stehen im Schuh dieses Laufs auf. Ist es derselbe Schuh, filmen Sie den Lauf tiefer und von der Mitte des Laufbands aus.
finding-standing_size = Die Person ist im Standvideo { NUMBER($ratio, minimumFractionDigits: 1, maximumFractionDigits: 1) }-mal so groß wie beim Lauf: anderer Ort oder Zoom.
    .advice = Nehmen Sie 3 s ruhiges Stehen auf dem Laufband auf, auf beiden Füßen und mit der Kamera wie beim Lauf.

### The first look's list: what was looked at, what it is, what it should be ------------------------------------------

check-frame_rate = Bildrate
check-length = Dauer
check-picture = Bild
check-light = Licht
check-sharpness = Schärfe
check-runner = Läufer
check-running = Laufen
check-feet = Füße
check-size = Größe
check-view = Blickrichtung
check-standing = Standvideo

check_fps = { NUMBER($fps, minimumFractionDigits: 1, maximumFractionDigits: 1) } Bilder pro Sekunde
check_fps_slowed = { NUMBER($fps, minimumFractionDigits: 1, maximumFractionDigits: 1) } Bilder pro Sekunde, Zeitlupe ({ $times }-fach) herausgerechnet
check_least_fps = { NUMBER($fps, maximumFractionDigits: 0) } oder mehr
check_seconds = { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s
check_least_seconds = { NUMBER($length_s, maximumFractionDigits: 0) } s oder mehr
check_pixels = { $width_px } x { $height_px } Pixel
check_pixels_upright = { $width_px } x { $height_px } Pixel; lag auf der Seite oder stand auf dem Kopf und wurde aufgerichtet
check_pixels_turned = { $width_px } x { $height_px } Pixel, um { $rotation_deg }° gedreht
check_least_side = kürzere Seite { $side_px } oder mehr
check_light = Helligkeit { NUMBER($lights, maximumFractionDigits: 0) } von 255
check_light_flicker = Helligkeit { NUMBER($lights, maximumFractionDigits: 0) } von 255, Flackern { NUMBER($flicker, style: "percent") }
check_least_light = { NUMBER($lights, maximumFractionDigits: 0) } oder mehr, { NUMBER($flicker, style: "percent") } oder weniger
check_blur = Kanten { NUMBER($blur_px, minimumFractionDigits: 1, maximumFractionDigits: 1) } Pixel unscharf
check_most_blur = { NUMBER($blur_px, maximumFractionDigits: 0) } oder weniger
check_nothing_moves = nichts bewegt sich
check_nobody = niemand
check_one_person = eine Person, auf { $seen } von { $pictures } Bildern zu sehen
check_people = { $people } Personen
check_people_chosen = { $people } Personen, eine davon ausgewählt
check_one = eine
check_swing = die Beine schwingen um { NUMBER($shanks, minimumFractionDigits: 1, maximumFractionDigits: 1) } Unterschenkellängen
check_least_swing = { $shanks } oder mehr
check_feet_inside = beide auf { NUMBER($share, style: "percent") } der Bilder
check_least_share = { NUMBER($share, style: "percent") } oder mehr
check_shank = Unterschenkel { NUMBER($shank_px, maximumFractionDigits: 0) } Pixel
check_least_shank = { NUMBER($shank_px, maximumFractionDigits: 0) } oder mehr
check_view = { $view ->
        [rear] von hinten
        [front] von vorn
        [side] von der Seite
       *[unknown] nicht bestimmbar
    }
check_missing = fehlt
check_chosen = ausgewählt
check_standing_wanted = 3 s ruhiges Stehen
check_standing_as_run = ruhig, von hinten, wie beim Lauf

### What is done at the moment ----------------------------------------------------------------------------------------

stage-following = Dem Läufer wird gefolgt
stage-looking = Das Video wird geprüft
stage-steps = Die Schritte werden gesucht
stage-heels = Die Fersen werden gemessen
stage-standing = Das Standvideo wird gelesen
stage-drawing_steps = Die Schritte werden gezeichnet
stage-pdf = Das PDF wird gesetzt
stage-keeping = Die Beine aus dem Video werden aufbewahrt
stage-overlay = Das Overlay-Video wird gezeichnet

### Said while the camera is being set up ------------------------------------------------------------------------------

do_no_runner = Niemand ist ganz zu sehen: Der Läufer soll auf dem Laufband stehen, von den Schultern bis zu den Füßen im Bild.
do_too_dark = Zu dunkel: Machen Sie mehr Licht.
do_dim = Dunkel: Mehr Licht auf die Fersen.
do_overexposed = Zu hell: Filmen Sie nicht gegen ein Fenster.
do_flicker = Das Licht flackert: Sperren Sie die Belichtung oder wählen Sie 1/100 s als Verschlusszeit.
do_blurred = Unscharf: Wischen Sie die Linse ab und tippen Sie zum Scharfstellen auf die Füße.
do_feet_out_of_view = Gehen Sie zurück oder neigen Sie die Kamera nach unten, bis beide Füße und etwas Boden darunter zu sehen sind.
do_feet_at_edge = Neigen Sie die Kamera etwas nach unten: Unter den Füßen muss Boden zu sehen sein.
do_feet_hidden = Etwas verdeckt die Füße: Zwischen Kamera und Fersen darf nichts stehen.
do_runner_small = Gehen Sie näher heran, zoomen Sie oder stellen Sie die Kamera hochkant: Die Unterschenkel sind zu klein.
do_picture_size = Wählen Sie ein größeres Bild: In diesem ist die Ferse zu grob.
do_not_behind = Die Kamera steht nicht hinter dem Läufer{ $view ->
        [side] , sondern an der Seite
        [front] , sondern vor ihm
       *[unknown] {""}
    }: Stellen Sie sie gerade hinter das Laufband.
do_camera_aside = Die Kamera steht nicht gerade hinter dem Läufer, sondern etwa { NUMBER($yaw_deg, maximumFractionDigits: 0) }° seitlich. Stellen Sie sie auf die Mittellinie des Laufbands.
do_slow = Die Kamera liefert nur { NUMBER($fps, maximumFractionDigits: 0) } Bilder pro Sekunde: Wählen Sie 60 oder mehr, wenn sie das kann.
do_slow_dark = Die Kamera liefert nur { NUMBER($fps, maximumFractionDigits: 0) } Bilder pro Sekunde: Für mehr ist es zu dunkel.

### What goes wrong ----------------------------------------------------------------------------------------------------

error-cancelled = Die Analyse wurde abgebrochen.
    .advice = Es wurde nichts geschrieben.

## Files and clips

error-missing_file = Die Datei { $path } gibt es nicht.
    .advice = Prüfen Sie Namen und Ordner.
error-not_a_file = { $path } ist keine gewöhnliche Datei.
    .advice = Wählen Sie eine Videodatei.
error-not_a_file-folder = { $path } ist ein Ordner.
    .advice = Wählen Sie darin eine Videodatei.
error-empty_file = { $file } ist leer.
    .advice = Kopieren Sie die Datei noch einmal von der Kamera: Die Übertragung wurde unterbrochen.
error-still_picture = { $file } ist ein Foto ({ $format }), kein Video.
    .advice = Wählen Sie das Laufvideo.
error-unreadable = { $file } ist kein lesbares Video, oder das Ende fehlt.
    .advice = Exportieren Sie es neu als MP4 (H.264), oder kopieren Sie es noch einmal von der Kamera.
error-unreadable-file = { $file } ist nicht lesbar ({ $why }).
    .advice = Prüfen Sie, ob die Datei geöffnet werden darf.
error-unreadable-no_size = { $file } gibt nicht an, wie groß das Bild ist.
    .advice = Exportieren Sie es neu als MP4 (H.264), oder kopieren Sie es noch einmal von der Kamera.
error-unreadable-recording = Die Aufnahme ist nicht lesbar, solange sie geschrieben wird.
error-unknown_codec = { $file } ist so kodiert, dass dieser Computer es nicht lesen kann.
    .advice = Exportieren Sie es neu als MP4 (H.264), oder kopieren Sie es noch einmal von der Kamera.
error-no_video = { $file } enthält kein Video.
    .advice = Wählen Sie das Laufvideo.
error-no_video-sound_only = { $file } hat Ton, aber kein Bild.
    .advice = Wählen Sie das Laufvideo.
error-no_video-recording = Die Aufnahme enthält kein Video.
    .advice = Nehmen Sie neu auf.
error-bad_size = Das Bild von { $file } hat { $width_px } x { $height_px } Pixel.
    .advice = Nehmen Sie mit mindestens { $least_px } Pixeln je Seite und höchstens 3840 x 2160 (4K) auf. Gut ist 720 x 1280.
error-bad_size-memory = Die Bilder von { $file } mit { $width_px } x { $height_px } Pixeln und { $bits }-Bit-Farbe ({ $chroma }) brauchen zu viel Speicher.
    .advice = Nehmen Sie mit höchstens 1920 x 1080 Pixeln auf. Gut ist 720 x 1280.
error-bad_size-colours = { $file } speichert { $bits }-Bit-Farbe ({ $chroma }). Bei { $width_px } x { $height_px } Pixeln braucht das zu viel Speicher.
    .advice = Stellen Sie die Farbe der Kamera auf 4:2:0 oder das Bild auf 1920 x 1080 Pixel. Gut ist 720 x 1280.
error-no_frames = Kein Bild von { $file } lässt sich dekodieren.
    .advice = Exportieren Sie es neu als MP4 (H.264), oder kopieren Sie es noch einmal von der Kamera.
error-no_frames-single = { $file } enthält nur ein einziges Bild, kein Video.
    .advice = Nehmen Sie ein Video des Laufs auf.
error-bad_times-jump = Die Bildzeiten von { $file } springen um { NUMBER($gap_s, maximumFractionDigits: 0) } s.
    .advice = Exportieren Sie es neu als MP4 (H.264), oder kopieren Sie es noch einmal von der Kamera.
error-bad_times-shared = Die meisten Bilder des Videos haben dieselbe Zeit wie ein anderes.
    .advice = Exportieren Sie es neu als MP4 (H.264), oder kopieren Sie es noch einmal von der Kamera.
error-bad_times-absent = { $file } gibt nicht an, wann die Bilder aufgenommen wurden.
    .advice = Exportieren Sie es neu als MP4 (H.264), oder kopieren Sie es noch einmal von der Kamera.
error-too_long = Das Video hat mehr als { $most } Bilder.
    .advice = Kürzen Sie es auf den Lauf.
error-bad_speed = Die Laufbandgeschwindigkeit muss zwischen { $least } und { $most } km/h liegen. Angegeben: { $given }.
    .advice = Geben Sie die Geschwindigkeit an, die das Laufband anzeigt, in km/h.
error-bad_slow_motion = Der Zeitlupenfaktor muss zwischen 1 und { $most } liegen. Angegeben: { $given }.
    .advice = Geben Sie an, wievielmal langsamer das Video läuft als in Wirklichkeit: 2 bei 60 Bildern pro Sekunde, die als 30 gespeichert sind.

## Trackers

error-no_tracker = Einen Tracker namens „{ $name }“ gibt es nicht.
    .advice = Wählen Sie einen davon: { $names }.
error-no_model = Das Posenmodell lässt sich nicht laden.
    .advice = Rufen Sie 'gait doctor' auf.
error-no_model-absent = MediaPipe ist nicht installiert oder passt nicht zu diesem Python.
    .advice = Rufen Sie 'make setup' auf.
error-no_model-release = Diese MediaPipe-Version ist nicht die, für die gait gemacht ist ({ $release }).
    .advice = Installieren Sie die festgelegte Version neu.
error-no_model-bundled = MediaPipe ist ohne sein Posenmodell installiert.
    .advice = Installieren Sie die festgelegte Version neu.
error-no_model-own = { $file } ist nicht da: Die Datei gehört nicht zu gait und wird nicht von selbst geladen.
    .advice = Rufen Sie 'gait trackers --get { $tracker }' auf, wo es ein Netzwerk gibt, oder setzen Sie { $variable } auf den Pfad der Datei.
error-no_model-checksum = { $file } ist nicht das erwartete Posenmodell: Die Prüfsumme ist { $found }..., nicht { $expected }....
    .advice = Laden Sie es neu herunter, oder setzen Sie { $variable }, wenn es ein eigenes Modell ist.
error-no_network-unreadable = { $file } lässt sich nicht als das erwartete Netz lesen.
    .advice = Holen Sie die Datei neu: Sie kann abgeschnitten oder von anderer Art sein.
error-no_network-bundled = { $file } gehört zu gait und fehlt.
    .advice = Installieren Sie gait neu.
needs_nothing = Nichts: Sein Netz ist in gait enthalten.
error-no_fetch-nothing = Das Netz von { $tracker } wird nicht geladen: Es gehört zu gait, oder seine Urheber erlauben die Weitergabe nicht.
    .advice = 'gait trackers' sagt, was jeder Tracker braucht.
error-no_fetch-offline = { $file } ließ sich nicht von { $address } laden: Es gibt kein Netzwerk, oder dort antwortet niemand.
    .advice = Versuchen Sie es später, oder bringen Sie die Datei von einem anderen Computer und legen Sie sie in { $folder }.
error-no_fetch-another = Was von { $address } kam, ist nicht die Datei { $file }, die gait kennt. Sie wurde nicht behalten.
    .advice = Versuchen Sie es noch einmal. Bleibt es so, holen Sie die Datei anderswo und nennen Sie sie in der Umgebung.
error-no_fetch-disk = { $folder } nimmt die Datei nicht an: { $why }.
    .advice = Schaffen Sie Platz, oder nennen Sie einen anderen Ordner in GAIT_NETWORKS.
error-no_truth_of_clip = Neben { $file } liegt keine Datei mit der Wahrheit.
    .advice = Nennen Sie einen Clip, neben dem NAME.truth.json liegt, etwa den Beispiellauf.
error-no_openpose-licence = Die Netze von OpenPose gehören dem Nutzer, und niemand hat hier ihre Lizenz bestätigt.
    .advice = Rufen Sie 'gait trackers --openpose DIR' mit dem Ordner auf, in dem sie liegen.
error-no_openpose-files = In { $folder } liegt kein Netz { $network } von OpenPose.
    .advice = Im Ordner müssen seine .prototxt und seine .caffemodel nebeneinander liegen, wie in OpenPoses Ordner models/pose.
error-no_openpose-maps = Das Netz { $network } von OpenPose gibt { $found } Karten statt { $expected }.
    .advice = Holen Sie seine .prototxt und seine .caffemodel neu. Sie gehören zusammen.
error-no_openpose-not_kept = { $folder } nimmt den Vermerk über die Lizenz nicht an: { $why }.
    .advice = Schaffen Sie Platz, oder nennen Sie einen anderen Ordner in GAIT_NETWORKS.
needs_openpose = OpenPoses eigene .prototxt und .caffemodel, die der Nutzer von den Urhebern holt.
openpose_forbids = OpenPoses Lizenz gilt für nichtkommerzielle Forschung: Ein Laden darf es nicht für Kunden einsetzen.
needs_file = Die Datei { $file }, die nicht zu gait gehört und nicht von selbst geladen wird.

## Key points of other tools

error-no_file = Die Datei { $path } gibt es nicht.
    .advice = Prüfen Sie den Namen.
error-bad_points = { $file } lässt sich nicht als Körperpunkte lesen.
    .advice = docs/key_points.md zeigt jede lesbare Dateiart mit einem Beispiel.
error-bad_points-unknown_landmark = { $file } nennt einen Punkt, den BlazePose nicht hat: { $landmark }.
    .advice = docs/key_points.md nennt die Namen.
error-bad_points-short = { $file } enthält nur { $frames ->
        [one] ein Bild
       *[other] { $frames } Bilder
    }.
    .advice = Nötig sind mindestens ein paar Sekunden Laufen.
error-bad_points-twice = { $file } nennt denselben Punkt zur selben Zeit zweimal.
    .advice = Eine Zeile je Punkt und Bild; bei mehreren Personen braucht es die Spalte person.
error-bad_points-frame_twice = { $file } enthält ein Bild oder eine Spalte zweimal.
    .advice = Geben Sie jedes Bild und jeden Punkt nur einmal an.
error-bad_points-empty = { $file } enthält keinen Punkt mit Koordinaten.
    .advice = Prüfen Sie, womit die Datei geschrieben wurde: docs/key_points.md zeigt, was gelesen wird.
error-bad_points-y_up = { $file } zählt y nach oben: Die Schultern liegen unter den Knöcheln.
    .advice = Geben Sie y vom oberen Bildrand nach unten an.
error-bad_points-shares = { $file } gibt Orte als Anteile des Bildes an, aber nicht, wie groß das Bild ist.
    .advice = Geben Sie die Größe mit --size an, etwa --size 1080x1920, oder geben Sie auch das Video an.
error-bad_points-no_column = In { $file } fehlt die Spalte { $column }.
    .advice = Eine Tabelle mit Körperpunkten hat die Spalten time_s, landmark, x_px, y_px, visibility.
error-bad_points-no_number = In { $file } steht in Zeile { $line } unter { $column } keine Zahl.
    .advice = Berichtigen Sie diese Zeile, oder lassen Sie die Zelle leer, wenn der Punkt nicht zu sehen war.
error-bad_points-no_time = { $file } hat Zeilen ohne Zeit.
    .advice = Jede Zeile braucht time_s oder frame.
error-bad_points-no_times = { $file } gibt nicht an, wann die Bilder aufgenommen wurden.
    .advice = Geben Sie das Video mit --points an, oder die Bilder pro Sekunde mit --fps.
error-bad_points-times = In { $file } steigen die Zeiten nicht von Bild zu Bild.
    .advice = Prüfen Sie Zeiten und Bildnummern.
error-bad_points-sparse = Die { $frames } Bilder von { $file } liegen zu weit auseinander, um zu einem einzigen Video zu gehören.
    .advice = Geben Sie die Bilder eines einzigen Videos an, eines nach dem anderen.
error-bad_points-skeleton = { $file } hat pro Person eine Zahl von Punkten, die zu keinem bekannten Skelett passt.
    .advice = docs/key_points.md nennt die Skelette.
error-bad_points-folder = Im Ordner { $file } ist keine JSON-Datei mit Körperpunkten.
    .advice = Nennen Sie den Ordner, in den das andere Programm seine JSON-Dateien geschrieben hat.
error-bad_points-no_hips = { $file } hat räumliche Punkte, aber nicht beide Hüften. Der Blick von hinten lässt sich so nicht bestimmen.
    .advice = Schreiben Sie auch die Marker beider Hüften.
error-bad_points-names = { $file } hat keinen Punkt, der als linker und als rechter Knöchel bekannt ist. Unbekannt: { $names }.
    .advice = Schreiben Sie eine kleine Datei mit einer Zeile je Punkt: sein Name, ein Komma und left_ankle oder Ähnliches. Geben Sie sie mit --names an.
error-bad_names = { $file } lässt sich nicht als Namensliste lesen.
    .advice = Eine Zeile je Punkt: sein Name in der anderen Datei, ein Komma und der Körperpunkt, zum Beispiel ankle_l, left_ankle.
error-bad_names-unknown = { $file } führt zu einem Punkt, den BlazePose nicht hat: { $landmark }.
    .advice = docs/key_points.md nennt die Namen.
error-no_clip_for_points = { $file } wurde als Körperpunkte eines Videos angegeben, aber dieses Video gibt es nicht.
    .advice = Geben Sie auch das Video an. Eine Datei nur mit Körperpunkten steht an der Stelle des Videos.
error-no_form = Körperpunkte lassen sich nicht als „{ $name }“ schreiben.
    .advice = Wählen Sie: { $names }.
error-points_of_clip-more = { $file } hat Körperpunkte bis Bild { $points }, das Video hat aber nur { $clip } Bilder.
    .advice = Geben Sie Punkte und Video derselben Aufnahme an, ungekürzt.
error-points_of_clip-fewer = { $file } hat Körperpunkte für { $points } Bilder, das Video hat aber { $clip }.
    .advice = Geben Sie Punkte und Video derselben Aufnahme an, ungekürzt.
error-points_of_clip-times = { $file } dauert { NUMBER($points_s, maximumFractionDigits: 2) } s, und die Bilder fallen nicht auf die des Videos, das { NUMBER($clip_s, maximumFractionDigits: 2) } s dauert.
    .advice = Geben Sie Punkte und Video derselben Aufnahme an, ungekürzt.
error-points_of_clip-size = { $file } gehört zu einem Bild mit { $points } Pixeln, das Video hat aber { $clip }.
    .advice = Geben Sie Punkte und Video derselben Aufnahme an, so wie das andere Programm sie gelesen hat.
error-points_of_clip-outside = Vieles in { $file } liegt außerhalb des Videobildes mit { $width_px } x { $height_px } Pixeln.
    .advice = Geben Sie Punkte und Video derselben Aufnahme an, in der Größe, in der das andere Programm sie gelesen hat.
error-points_of_clip-metres = { $file } ist in Metern und kann nicht sagen, wo im Videobild der Läufer ist.
    .advice = Geben Sie die Datei in Pixeln an, oder analysieren Sie sie ohne das Video.
error-points_of_clip-turned = Das Video liegt auf der Seite und wurde gedreht, die Körperpunkte in { $file } aber nicht.
    .advice = Drehen Sie das Video mit einem Videoprogramm aufrecht und lassen Sie das andere Programm es neu lesen.

## Cameras and recordings

error-camera_missing = Die Kamera antwortet nicht.
    .advice = Prüfen Sie Kabel, Strom und Adresse, und ob ein anderes Programm sie benutzt.
error-camera_missing-no_address = „{ $address }“ ist keine Kamera.
    .advice = Geben Sie usb:0 oder eine rtsp://-Adresse an. Eine Webkamera (http://) richtet die Leitung ein: gait app --camera ADRESSE.
error-camera_missing-no_mode = Die Kamera antwortet nicht.
    .advice = Prüfen Sie das Kabel.
error-camera_missing-no_picture = Unter dieser Adresse kommt kein Bild.
    .advice = Prüfen Sie die Adresse der Kamera.
error-camera_missing-silent = Die Kamera sendet kein Bild.
    .advice = Schalten Sie sie aus und wieder ein und versuchen Sie es noch einmal.
error-no_encoder = Auf diesem Computer fehlt ein Programm, das Videos speichert.
    .advice = Installieren Sie PyAV so, wie es in requirements.lock steht.
error-no_encoder-named = „{ $name }“ kann auf diesem Computer keine Videos speichern.
    .advice = Wählen Sie: { $names }. Oder lassen Sie die Angabe weg: Dann nimmt gait den ersten davon.
error-recording_already = Es läuft schon eine Aufnahme.
    .advice = Warten Sie, bis sie fertig ist.
error-camera_lost = Die Kamera sendet keine Bilder mehr.
    .advice = Prüfen Sie Kabel, Strom und Netzwerk und nehmen Sie neu auf.
error-camera_lost-kept = Die Kamera sendet keine Bilder mehr. { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s wurden aufgenommen und sind gespeichert.
    .advice = Prüfen Sie Kabel, Strom und Netzwerk und nehmen Sie neu auf.
error-disk_full = Die Festplatte dieses Computers ist voll.
    .advice = Schaffen Sie Platz und nehmen Sie neu auf.
error-disk_full-kept = Die Festplatte dieses Computers ist voll. { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s wurden aufgenommen und sind gespeichert.
    .advice = Schaffen Sie Platz und nehmen Sie neu auf.
error-disk_full-nearly = Die Festplatte dieses Computers ist fast voll.
    .advice = Schaffen Sie Platz und nehmen Sie neu auf.
error-disk_full-cannot_save = Das Video lässt sich auf diesem Computer nicht speichern.
    .advice = Schaffen Sie Platz und nehmen Sie neu auf.
error-too_slow = Dieser Computer ist zu langsam, um so viele Bilder aufzunehmen.
    .advice = Schließen Sie andere Programme oder wählen Sie weniger Bilder pro Sekunde, und nehmen Sie neu auf.
error-too_slow-kept = Dieser Computer ist zu langsam, um so viele Bilder aufzunehmen. { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s wurden aufgenommen und sind gespeichert.
    .advice = Schließen Sie andere Programme oder wählen Sie weniger Bilder pro Sekunde, und nehmen Sie neu auf.
error-recording_failed = Die Aufnahme konnte nicht gespeichert werden.
    .advice = Nehmen Sie neu auf; 'gait doctor' sagt, was nicht stimmt.
error-recording_failed-kept = Die Aufnahme konnte nicht weiter gespeichert werden. { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s wurden aufgenommen und sind gespeichert.
    .advice = Nehmen Sie neu auf; 'gait doctor' sagt, was nicht stimmt.

error-camera_missing-closed = Die Kamera ist nicht geöffnet.
    .advice = Wählen Sie die Kamera noch einmal.
error-camera_recording = Die Kamera nimmt gerade auf.
    .advice = Warten Sie, bis sie fertig ist.
virtual_camera = Video anstelle einer Kamera
piece_missing = Vor diesem Stück fehlt eines.
no_browser_video = Das ist kein Video, wie es ein Browser aufnimmt.
recording_too_large = Die Aufnahme ist größer als 2 GB. Was aufgenommen wurde, ist gespeichert.
store_disk_full = Die Festplatte des Computers im Laden ist voll. Was aufgenommen wurde, ist gespeichert. Schaffen Sie Platz und nehmen Sie neu auf.
recording_incomplete = Die Aufnahme ist nicht vollständig angekommen.
no_small_jpeg = Das ist kein kleines JPEG-Bild.

## Jobs

error-busy = Es warten schon so viele Läufe ({ $waiting }).
    .advice = Versuchen Sie es wieder, wenn einer fertig ist. Ihre Videos und Eingaben bleiben erhalten.
error-not_yours = Diese Analyse wurde an einem anderen Arbeitsplatz gestartet.
    .advice = Sie kann dort abgebrochen werden.
error-job_clip_gone = Das Video dieser Analyse ist nicht mehr auf diesem Computer.
    .advice = Wählen Sie es noch einmal aus oder nehmen Sie neu auf.
error-job_no_room = In { $folder } kann nichts gespeichert werden: Die Festplatte ist voll oder schreibgeschützt.
    .advice = Die Läufe warten und gehen von selbst weiter, sobald Platz ist. Schaffen Sie Platz oder fragen Sie die Leitung.
error-job_given_up = Das Programm ist bei der Analyse dieses Videos { $attempts }-mal abgestürzt.
    .advice = Versuchen Sie ein kürzeres Video oder nehmen Sie den Lauf neu auf. Passiert es wieder, steht im Protokoll des Programms mehr.
error-out_of_memory = Diesem Computer ging der Arbeitsspeicher aus.
    .advice = Schließen Sie andere Programme oder nehmen Sie ein kürzeres Video auf, und versuchen Sie es noch einmal.
error-program_fault = Im Programm ist etwas schiefgegangen.
    .advice = Versuchen Sie es noch einmal. Passiert es wieder, steht im Protokoll des Programms mehr.
error-cannot_save = Das Video konnte auf diesem Computer nicht gespeichert werden.
    .advice = Schaffen Sie Platz und versuchen Sie es noch einmal.
error-cannot_save-visit = Auf diesem Computer lässt sich nichts speichern.
    .advice = Schaffen Sie Platz und versuchen Sie es noch einmal.

error-clip_too_large = Das Video ist größer als { $most_gb } GB.
    .advice = 20 s Laufen genügen: Nehmen Sie ein kürzeres auf oder kürzen Sie es.
error-too_many_clips = Auf diesem Computer warten zu viele Videos.
    .advice = Analysieren oder löschen Sie einige und wählen Sie das Video noch einmal.
error-too_many_clips-recording = Auf diesem Computer warten zu viele Videos und Aufnahmen.
    .advice = Analysieren oder löschen Sie einige und nehmen Sie neu auf.
error-clip_gone = Das Video ist nicht mehr auf diesem Computer: Videos, die niemand analysiert, werden nach einer Stunde gelöscht.
    .advice = Wählen Sie es noch einmal.

## Who may come in

error-no_sign_in = Alle im Netzwerk könnten jedes Ergebnis öffnen: Unter { $address } geht es nur mit Anmeldung.
    .advice = Starten Sie mit gait app --address { $address }. Ohne Adresse kann nur dieser Computer die Seite öffnen.
error-no_manager = Alle im Netzwerk müssten sich anmelden, aber noch niemand hat ein Konto.
    .advice = Legen Sie das erste an: gait staff add NAME --role manager. Oder starten Sie gait in einem Terminal, dort wird danach gefragt.
error-bad_password = Ein Passwort hat { $least } bis { $most } Zeichen und ist nicht der Name.
    .advice = Wählen Sie ein anderes: Drei oder vier Wörter, die nicht zusammengehören, merken sich leicht.
error-bad_password-unlike = Die beiden Passwörter sind verschieden.
    .advice = Beginnen Sie noch einmal und geben Sie zweimal dasselbe ein.
error-last_manager = Das ist das einzige Konto der Leitung, mit dem man sich anmelden kann.
    .advice = Geben Sie zuerst einer anderen Person die Rolle Leitung.
error-bad_host_name = „{ $name }“ ist kein Name eines Computers.
    .advice = Geben Sie --host-name NAME an, oder NAME:PORT, wenn ein anderer Port hierher führt.
app_open_at = gait ist erreichbar unter { $address }
app_plain = Ohne Zertifikat (--cert und --key) können andere im Netzwerk mitlesen: Passwörter, Namen und Bilder.
door_host = Diese Adresse gehört nicht zu gait. Verwenden Sie die, die beim Start angezeigt wurde. Die Leitung fügt Namen mit --host-name hinzu.
door_no_page = Diese Seite gibt es nicht.
door_method = Das geht hier nicht.
door_origin = Eine andere Website hat danach gefragt. Öffnen Sie gait selbst.
error-signed_out = Hier ist niemand mehr angemeldet.
    .advice = Laden Sie die Seite neu und melden Sie sich an.
door_needs_sign_in = Nur der Computer, auf dem gait läuft, darf es öffnen: Hier kann sich niemand anmelden.
door_signed_out = Melden Sie sich zuerst an. Laden Sie die Seite neu.
error-camera_not_yours = Ein Tablet nimmt mit seiner eigenen Kamera auf, oder mit einer, die der Laden eingerichtet hat.
    .advice = Wählen Sie eine aus der Liste.
door_not_for_you = { $role ->
        [tablet] Ein Tablet zum Aufnehmen sieht nichts anderes.
       *[staff] Das ist der Leitung vorbehalten.
    }
door_fault = Im Programm ist etwas schiefgegangen. Laden Sie die Seite neu.
door_not_yours = Diese Seite ist nicht verbunden. Laden Sie sie neu.
sign_in_title = Anmelden
sign_in_ask = Hinter dieser Tür liegen persönliche Ergebnisse.
sign_in_name = Name
sign_in_password = Passwort
sign_in_enter = Anmelden
sign_in_wrong = { $form ->
        [code] Dieser Code gilt nicht oder nicht mehr. Der Bildschirm im Laden zeigt einen neuen.
       *[name] Name und Passwort passen nicht zusammen. Die Leitung kann Ihnen ein neues Passwort geben.
    }
sign_in_wait = Zu viele Versuche. Warten Sie { $wait_s ->
        [one] eine Sekunde
       *[other] { $wait_s } Sekunden
    } und versuchen Sie es dann wieder.
sign_in_tablet = Dieses Tablet nimmt nur auf
sign_in_tablet_how = Wer am Bildschirm im Laden angemeldet ist, bekommt dort unter „Aufnehmen“ einen Code.
sign_in_code = Code
sign_in_tablet_enter = Tablet zulassen
sign_in_inside = Sie sind angemeldet
sign_in_inside_note = { $role ->
        [tablet] Dieses Tablet darf aufnehmen. Es sieht weder Kunden noch Ergebnisse.
        [manager] { $name }, Leitung. Nach einer Stunde ohne Benutzung fragt dieses Gerät wieder.
       *[staff] { $name }. Nach einer Stunde ohne Benutzung fragt dieses Gerät wieder.
    }
signed_in_as = { $role ->
        [tablet] Dieses Tablet darf aufnehmen
       *[staff] { $name } · Abmelden
    }
sign_out = Abmelden
sign_in_back = Zurück zu gait
sign_in_plain = Diese Verbindung ist nicht verschlüsselt: Andere in diesem Netzwerk können mitlesen, auch Passwörter und Bilder. Mit einem Zertifikat kann die Leitung das ändern.
role-staff = Team
role-manager = Leitung
page-staff_what = Wo andere im Netzwerk gait erreichen, meldet sich jede Person mit einem eigenen Konto an.
page-no_staff = Noch niemand hat ein Konto. Das erste sollte der Leitung gehören.
page-staff_closed = geschlossen seit { $day }
page-staff_open = Wieder öffnen
page-staff_change = Ändern
page-new_password = Neues Passwort
page-password_hint = Mindestens { $least } Zeichen. Drei oder vier Wörter, die nicht zusammengehören, merken sich leicht.
page-set_password = Passwort setzen
page-make_role = { $role ->
        [manager] Rolle Leitung geben
       *[staff] Rolle Team geben
    }
page-staff_close = Konto schließen
page-new_staff = Neues Konto
page-staff_name_help = Wird beim Anmelden eingegeben. Groß- und Kleinschreibung ist gleich.
page-shown_name = Name auf dem Bildschirm
page-role = Rolle
page-make_account = Konto anlegen
page-log_what = Namen von Kunden stehen nicht darin: Eine Kennung führt nirgendwohin, sobald der Kunde gelöscht ist.
page-log_empty = Bisher ist nichts geschehen.
page-log_when = Wann
page-log_who = Wer
page-log_did = Was
page-log_about = Wovon
page-log_more = Mehr anzeigen
log_who-app = Ohne Anmeldung
log_who-command = Die Kommandozeile
log_who-retention = Die automatische Löschung
log_who-files = Der Objektspeicher, von selbst
log_who-tablet = Ein Tablet
log_who-nobody = Jemand vor der Anmeldung
log_consent = { $purpose }, Fassung { $version }
log_about = { $target ->
        [staff] { $id }
        [customer] Kunde { $id }
        [visit] Besuch { $id }
        [numbers] Besuch { $id }
        [video] Besuch { $id }
        [run] Lauf { $id }
        [result] Lauf { $id }
        [purchase] Kauf { $id }
        [rule] { $id }
        [consent_text] { $id }
        [shelf_rules] { $id }
       *[other] { $target } { $id }
    }
log_did = { $what ->
        [signed_in] angemeldet
        [signed_out] abgemeldet
        [sign_in_failed] Name und Passwort passten nicht
        [code_shown] Code für ein Tablet angezeigt
        [tablet_let_in] mit einem Code zugelassen
        [tablets_out] alle Tablets abgemeldet ({ $detail })
        [staff_added] Konto angelegt ({ $detail })
        [staff_disabled] Konto geschlossen
        [staff_enabled] Konto wieder geöffnet
        [role_set] Rolle geändert ({ $detail })
        [password_set] Passwort gesetzt
        [customer_seen] Kunden angesehen
        [visit_seen] Besuch angesehen
        [result_seen] Ergebnis angesehen
        [result_changed] Ergebnis berichtigt
        [result_deleted] Ergebnis gelöscht
        [report_saved] Bericht gespeichert
        [customer_made] Kunden angelegt
        [customer_renamed] Kunden umbenannt
        [contact_changed] Kontaktdaten eines Kunden geändert
        [customers_merged] Kunden mit { $detail } zusammengeführt
        [customer_exported] alles über einen Kunden exportiert
        [visit_exported] alles von einem Besuch exportiert
        [customer_deleted] alles über einen Kunden gelöscht (Beleg { $detail })
        [visit_deleted] Besuch gelöscht (Beleg { $detail })
        [numbers_deleted] Ergebnisse eines Besuchs gelöscht (Beleg { $detail })
        [computer_gone] einen Computer als für immer weg gemeldet
        [computer_back] auf einem wiedergekehrten Computer gelöscht, was zu löschen war
        [video_deleted] Videos eines Besuchs gelöscht (Beleg { $detail })
        [recording_deleted] Aufnahme ohne Besuch gelöscht (Beleg { $detail })
        [visit_begun] Besuch begonnen
        [visit_named] einem Besuch ohne Namen einen Namen gegeben
        [visit_kept] Besuch ohne Namen behalten
        [visit_not_kept] Besuch ohne Namen nicht mehr behalten
        [visit_finished] Besuch abgeschlossen
        [visit_reopened] Besuch wieder aufgenommen
        [visit_dropped] Besuch verworfen
        [run_added] Schuh hinzugefügt
        [run_dropped] Schuh entfernt
        [result_filed] Ergebnis einem Besuch zugeordnet ({ $detail })
        [consent_given] Einwilligung vermerkt ({ $detail })
        [consent_withdrawn] Widerruf einer Einwilligung vermerkt ({ $detail })
        [consent_text_set] Fragen an Kunden geändert (Fassung { $detail })
        [comfort_rated] Schuh bewertet
        [comfort_skipped] Bewertung des Komforts übersprungen
        [comfort_set] festgelegt, ob der Komfort zuerst bewertet wird ({ $detail })
        [purchase_noted] Kauf vermerkt
        [shelf_changed] Sortiment geändert ({ $detail } Schuhe)
        [shelf_rule_changed] Regel für Schuhvorschläge geändert (Fassung { $detail })
        [shelf_rules_reset] Regeln von gait genommen (Fassung { $detail })
        [purchase_returned] Rückgabe vermerkt
        [purchase_not_returned] Rückgabe zurückgenommen
        [purchase_removed] Kauf zurückgenommen
        [rule_set] Aufbewahrungsdauer geändert ({ $detail })
       *[other] { $what } { $detail }
    }
page-tablet_title = Ein Tablet aufnehmen lassen
page-tablet_what = Ein Tablet, das mit einem Code zugelassen ist, nimmt auf und sieht sonst nichts: keine Kunden, keine Ergebnisse.
page-tablet_show = Code anzeigen
page-tablet_type = Öffnen Sie auf dem Tablet { $address }, wählen Sie „Dieses Tablet nimmt nur auf“ und geben Sie diesen Code ein. Er gilt einmal, bis { $until }.
page-tablets_in = { $tablets ->
        [one] Ein Tablet ist zugelassen.
       *[other] { $tablets } Tablets sind zugelassen.
    }
page-tablets_out = Alle Tablets abmelden
page-tablet_for = In welchem Schuh wird gelaufen?
page-tablet_run = { $shoe }, vermerkt um { $moment }
page-tablet_rate = Jemand bewertet Schuhe
page-tablet_sent = Gesendet. Das Ergebnis erscheint auf dem Bildschirm im Laden.
page-a_visit = Ein Besuch im Laden
page-not_for_you = { $role ->
        [nobody] Sie sind abgemeldet. Laden Sie die Seite neu.
        [tablet] Ein Tablet zum Aufnehmen sieht nichts anderes.
       *[staff] Das ist der Leitung vorbehalten.
    }

## Results

error-run_gone = Das Video des Laufs ist nicht mehr auf diesem Computer.
    .advice = Wählen Sie es noch einmal, oder nehmen Sie den Lauf neu auf.
error-other_run = Das ist nicht das Laufvideo, aus dem das Ergebnis entstanden ist.
    .advice = Wählen Sie dieselbe Datei noch einmal.
error-not_put_right = Der Lauf konnte diesmal nicht beurteilt werden. Das Ergebnis bleibt, wie es war.
    .advice = Wählen Sie dasselbe Laufvideo und versuchen Sie es noch einmal.
error-old_limits = Dieses Ergebnis stammt von einer älteren Version. Sie hat die Grenzen für andere Geschwindigkeiten nicht gespeichert.
    .advice = Um es bei anderer Geschwindigkeit zu beurteilen, analysieren Sie das Video neu.
error-no_steps = Dieses Ergebnis hat keine gemessenen Schritte, die sich berichtigen ließen.
    .advice = Analysieren Sie das Video neu.
error-no_step = Einen gemessenen { $side ->
        [left] linken
       *[right] rechten
    } Schritt { $step } gibt es nicht.
    .advice = Wählen Sie einen Schritt aus der Schrittübersicht.
error-no_step-no_peak = Beim { $side ->
        [left] linken
       *[right] rechten
    } Schritt { $step } wurde keine größte Kippung gemessen.
    .advice = Lassen Sie den Schritt stattdessen weg.
error-no_line = Die beiden Enden einer Linie liegen aufeinander.
    .advice = Ziehen Sie sie auseinander.
error-not_deleted = Das Ergebnis konnte nicht gelöscht werden.
    .advice = Schließen Sie die Programme, die seine Dateien geöffnet haben, und versuchen Sie es noch einmal.
error-not_deleted-recording = Die Aufnahme konnte nicht gelöscht werden.
    .advice = Schließen Sie die Programme, die ihre Dateien geöffnet haben, und versuchen Sie es noch einmal.
error-cannot_write-points = Die Körperpunkte { $file } lassen sich nicht nach { $folder } schreiben.
    .advice = Prüfen Sie, ob es den Ordner gibt und die Festplatte nicht voll ist.
error-cannot_write-steps = Die Bilder der Schritte lassen sich nicht nach { $folder } schreiben.
    .advice = Prüfen Sie, ob die Festplatte voll ist.
error-no_result = In { $folder } ist kein lesbares Ergebnis.
    .advice = Analysieren Sie das Video neu.
error-other_version = Das Ergebnis in { $folder } stammt von einer anderen Version.
    .advice = Analysieren Sie das Video neu.
error-bad_result = Das Ergebnis hält sich nicht an seinen Aufbau: { $complaint }.
    .advice = Analysieren Sie das Video neu.
error-not_comparable = Das Video des Ergebnisses in { $folder } konnte nicht beurteilt werden. Es gibt also nichts zu vergleichen.
    .advice = Filmen Sie den Lauf neu und analysieren Sie ihn.
error-changed_meanwhile = Jemand anderes hat dieses Ergebnis inzwischen geändert.
    .advice = Nichts ist verloren: Es wird im jetzigen Stand angezeigt. Machen Sie Ihre Änderung noch einmal.
error-no_film_again = Das Video dieses Ergebnisses lässt sich nicht noch einmal zeichnen.
    .advice = Das Ausgangsvideo ist nicht mehr aufbewahrt oder lässt sich nicht beurteilen. Die Zahlen sind ohne es vollständig.
error-changed_elsewhere = Dieses Ergebnis wird gerade an einem anderen Computer des Ladens berichtigt.
    .advice = Hier wurde nichts geändert. Öffnen Sie es gleich noch einmal: Dann wird die andere Berichtigung geholt, und Ihre kann folgen. Ist jener Computer aus, kommt seine Berichtigung, sobald er wieder läuft.
error-being_written = Das Ergebnis { $name } wird gerade geschrieben.
    .advice = Versuchen Sie es gleich noch einmal.
error-cannot_write = In { $folder } kann nicht geschrieben werden.
    .advice = Wählen Sie mit --out einen anderen Ordner, oder schaffen Sie Platz.
error-cannot_write-pdf = Das PDF lässt sich nicht nach { $folder } schreiben.
    .advice = Schließen Sie das alte PDF, falls es geöffnet ist, und prüfen Sie, ob die Festplatte voll ist.
error-cannot_write-page = Das Blatt { $file } lässt sich nicht nach { $folder } schreiben.
    .advice = Schließen Sie das alte PDF, falls es geöffnet ist, und prüfen Sie, ob die Festplatte voll ist.
error-calibrate_what = Geben Sie entweder an, welches Video gelesen wird, oder wohin das Blatt zum Drucken geschrieben wird.
    .advice = Tippen Sie gait calibrate CLIP oder gait calibrate --print FILE.pdf.
error-no_page = Es ist kein Kalibrierblatt zu sehen, oder es ist zu klein oder zu unscharf, um gefunden zu werden.
    .advice = Filmen Sie das ganze Blatt, senkrecht, zur Kamera gewandt, mit allen sechs quadratischen Marken im Bild.
error-page_small = Das Blatt ist im Bild zu klein: Ein Pixel misst { NUMBER($mm_per_px, minimumFractionDigits: 1, maximumFractionDigits: 1) } mm, gelesen werden können höchstens { NUMBER($most, minimumFractionDigits: 1, maximumFractionDigits: 1) }.
    .advice = Filmen Sie mit der vollen Auflösung der Kamera, oder stellen Sie das Blatt näher heran.
error-page_blurred = Das Bild ist unscharf: Seine schärfsten Kanten sind über { NUMBER($blur_px, minimumFractionDigits: 1, maximumFractionDigits: 1) } Pixel verwischt, gelesen werden können höchstens { NUMBER($most, minimumFractionDigits: 1, maximumFractionDigits: 1) }.
    .advice = Lassen Sie das Blatt beim Filmen los, stellen Sie darauf scharf, und putzen Sie das Objektiv.
error-page_unread = Das Blatt ist zu sehen, aber seine Fersen lassen sich nicht lesen.
    .advice = Achten Sie darauf, dass nichts das Blatt verdeckt oder beschattet, dass es glatt ist und zur Kamera zeigt.
error-no_photo = { $file } lässt sich nicht als Foto oder Video lesen.
    .advice = Speichern Sie das Foto als JPEG oder PNG, oder filmen Sie ein Video.
error-cannot_write-overlay = Das Overlay-Video lässt sich nicht nach { $folder } schreiben.
error-cannot_write-film = Das Video { $name } lässt sich nicht nach { $folder } schreiben.
    .advice = Prüfen Sie, ob die Festplatte voll ist.
error-not_written = Das Ergebnis konnte nicht nach { $folder } geschrieben werden.
    .advice = Prüfen Sie, ob die Festplatte voll ist.
error-not_drawn = Kein Bild des Videos ließ sich zeichnen.
    .advice = Exportieren Sie das Video neu als MP4 (H.264).

## The store's records

error-records_missing = Unter { $place } gibt es noch keine Ladendaten.
    .advice = Starten Sie gait einmal, oder rufen Sie gait records upgrade auf.
error-records_old = Die Ladendaten unter { $place } wurden von einem älteren gait geschrieben.
    .advice = Rufen Sie gait records upgrade auf, oder starten Sie gait. Sichern Sie vorher die Daten.
error-records_newer = Die Ladendaten unter { $place } wurden von einem neueren gait geschrieben.
    .advice = Nichts wurde geändert. Installieren Sie auch auf diesem Computer das neueste gait.
error-records_foreign = Die Datenbank enthält etwas anderes als die Ladendaten von gait.
    .advice = Nichts wurde geändert. Prüfen Sie, was GAIT_DATA und GAIT_DATABASE_URL nennen.
error-records_damaged = Die Ladendaten unter { $place } sind beschädigt.
    .advice = Legen Sie die Datei beiseite und rufen Sie gait restore mit der letzten Sicherung auf, oder gait records rebuild.
error-records_locked = Ein anderes Programm schreibt gerade in die Ladendaten.
    .advice = Nichts wurde geändert. Versuchen Sie es gleich noch einmal.
error-records_full = Die Festplatte mit den Ladendaten ist voll.
    .advice = Nichts ist verloren, aber es kann nichts mehr gespeichert werden. Schaffen Sie Platz und versuchen Sie es noch einmal.
error-records_read_only = In die Ladendaten unter { $place } kann nicht geschrieben werden.
    .advice = Nichts wurde geändert. Erlauben Sie diesem Benutzer, dort zu schreiben, und versuchen Sie es noch einmal.
error-records_away = Die Ladendaten unter { $place } antworten nicht.
    .advice = Nichts ist verloren. Prüfen Sie die Festplatte oder den Datenbankserver. Es geht von selbst weiter, sobald sie wieder antworten.
error-no_customer = Diesen Kunden gibt es nicht.
    .advice = Suchen Sie den Namen noch einmal: Vielleicht hat jemand den Eintrag gelöscht.
error-no_name = Ein Name braucht einen Buchstaben.
    .advice = Geben Sie den Namen ein, oder beginnen Sie einen Besuch ohne Namen.
error-same_customer = Beide Einträge sind derselbe Kunde.
    .advice = Wählen Sie einen anderen.
error-no_visit = Diesen Besuch gibt es nicht.
    .advice = Suchen Sie ihn in der Liste der Besuche: Vielleicht hat ihn jemand gelöscht.
error-visit_in_use = Hierzu gibt es schon ein Ergebnis oder einen Kauf.
    .advice = Löschen Sie zuerst das Ergebnis oder den Kauf, oder schließen Sie den Besuch ab.
error-no_run = Diesen Lauf gibt es nicht.
    .advice = Sehen Sie sich den Besuch noch einmal an: Vielleicht hat ihn jemand gelöscht.
error-bad_rating = Jede der vier Skalen braucht einen Wert von 0 bis { $most }.
    .advice = Geben Sie alle vier an.
error-not_asked = Dieser Schuh ist nicht zu bewerten.
    .advice = Er wurde schon bewertet oder übersprungen. Öffnen Sie den Besuch noch einmal.
error-comfort_first = Die Schuhe dieses Besuchs werden noch bewertet.
    .advice = Einstufungen sind zu sehen, sobald jeder Schuh bewertet ist oder die Bewertung auf der Seite des Besuchs übersprungen wurde.
error-comfort_first-export = Die Schuhe eines offenen Besuchs werden noch bewertet.
    .advice = Bewerten Sie sie oder überspringen Sie das auf der Seite des Besuchs, dann geben Sie noch einmal aus.
error-bad_comfort = Komfort ist eine Zahl von { $least } bis { $most }.
    .advice = Lassen Sie das Feld leer, wenn niemand gefragt hat.
error-result_taken = Dieses Ergebnis gehört schon zu einem anderen Lauf.
    .advice = Wählen Sie ein anderes Ergebnis.
error-no_consent_text = Dafür hat der Laden noch keinen Text.
    .advice = Schreiben Sie, worin der Kunde einwilligt.
error-no_consent = Diese Einwilligung gibt es nicht.
    .advice = Sehen Sie sich den Kunden noch einmal an: Vielleicht hat sie jemand gelöscht.
error-no_shoe = Es ist nicht angegeben, welcher Schuh gekauft wurde.
    .advice = Geben Sie den Namen ein oder wählen Sie ihn aus dem Sortiment.
error-no_purchase = Diesen Kauf gibt es nicht.
    .advice = Sehen Sie sich den Kunden noch einmal an: Vielleicht hat ihn jemand gelöscht.
error-returned_too_soon = Ein Schuh kann nicht zurückkommen, bevor er gekauft wurde.
    .advice = Prüfen Sie die beiden Tage.
error-bad_staff_name = Ein Name im Team hat mindestens einen Buchstaben und höchstens { $most } Zeichen.
    .advice = Wählen Sie einen anderen Namen. Die Rolle ist staff (Team) oder manager (Leitung).
error-staff_name_taken = Den Namen { $name } gibt es schon.
    .advice = Wählen Sie einen anderen Namen.
error-no_staff = Niemand mit diesem Namen arbeitet hier.
    .advice = gait staff list zeigt alle.
error-file_there = Die Datei { $file } gibt es schon.
    .advice = Nichts wurde überschrieben. Wählen Sie einen anderen Namen.
error-file_there-export = Die Datei { $file } gibt es schon.
    .advice = Nichts wurde geschrieben. Wählen Sie einen anderen Ordner, oder geben Sie --replace an.
error-bad_tables = Eine Tabelle des Ergebnisses in { $folder } ist nicht lesbar.
    .advice = Analysieren Sie das Video noch einmal.
error-bad_brand-logo = Das Logo { $file } ist kein lesbares Bild.
    .advice = Speichern Sie es als PNG oder JPEG mit weniger als 20 MB.
error-bad_brand-colour = „{ $colour }“ ist keine Farbe.
    .advice = Geben Sie sie so an: #14424f.
error-bad_brand-pale = Die Farbe { $colour } ist auf Weiß zu blass zum Lesen: Ihr Kontrast ist { NUMBER($contrast, maximumFractionDigits: 1) }, nötig sind { NUMBER($least, maximumFractionDigits: 1) }.
    .advice = Wählen Sie eine dunklere.
error-not_exported = Der Export konnte nicht nach { $folder } geschrieben werden.
    .advice = Nichts davon ist übrig. Prüfen Sie, ob der Ordner beschreibbar und die Festplatte nicht voll ist.
error-bad_rule = Das ist keine Aufbewahrungsdauer.
    .advice = Schreiben Sie 90d für Tage (höchstens { $most }), 24m für Monate oder never für unbegrenzt. Der Abend ist eine Uhrzeit wie 22:00.
error-backup_damaged = Diese Datei ist keine Sicherung, oder sie ist beschädigt.
    .advice = Nichts wurde geändert. Nehmen Sie die Sicherung davor, oder kopieren Sie die Datei noch einmal.
error-backup_newer = Diese Sicherung stammt von einem neueren gait.
    .advice = Nichts wurde geändert. Installieren Sie auch auf diesem Computer das neueste gait.
error-restore_not_empty = Unter { $place } ist schon etwas.
    .advice = Nichts wurde geändert. Stellen Sie an einem leeren Ort wieder her: Nennen Sie einen anderen mit GAIT_DATA und --reports.
error-not_backed_up = Die Sicherung konnte nicht nach { $folder } geschrieben werden.
    .advice = Nichts davon ist übrig. Prüfen Sie, ob der Ordner beschreibbar und die Festplatte nicht voll ist.
error-bad_backup_days = Eine Sicherung kann alle 1 bis { $most } Tage verlangt werden.
    .advice = Nennen Sie eine Zahl von Tagen, zum Beispiel 7.
error-not_restored = Die Sicherung konnte nicht in { $folder } wiederhergestellt werden.
    .advice = Prüfen Sie, ob der Ordner beschreibbar und die Festplatte nicht voll ist. Rufen Sie gait restore noch einmal auf: Es macht dort weiter.
error-no_receipt = Diesen Beleg gibt es nicht.
    .advice = Prüfen Sie die Nummer: gait behält den Beleg jeder Löschung.
error-not_all_deleted = Noch konnte nicht alles gelöscht werden.
    .advice = Einige Dateien sind in Benutzung oder nicht erreichbar. gait macht von selbst weiter. Der Beleg wird { $receipt } sein.
error-files_away = Der Objektspeicher unter { $place } antwortet nicht.
    .advice = Nichts ist verloren. Prüfen Sie Netzwerk und Server. Es geht von selbst weiter, sobald er wieder antwortet.
error-files_refused = Der Objektspeicher unter { $place } nimmt den Schlüssel nicht an.
    .advice = Nichts ist verloren. Prüfen Sie AWS_ACCESS_KEY_ID und AWS_SECRET_ACCESS_KEY, und was der Schlüssel dort darf.
error-files_no_bucket = Unter { $place } gibt es keinen Bucket.
    .advice = Nichts ist verloren. Legen Sie den Bucket an, oder prüfen Sie, was GAIT_FILES_URL nennt.
error-files_foreign = Der Objektspeicher unter { $place } gehört nicht zu diesen Ladendaten.
    .advice = Dort wurde nichts abgelegt, geholt oder gelöscht. Prüfen Sie, was GAIT_FILES_URL und GAIT_DATA nennen. Sind die Ladendaten verloren, rufen Sie gait records rebuild auf.
error-files_no_address = GAIT_FILES_URL nennt keinen Objektspeicher, den gait verwenden kann.
    .advice = Nennen Sie einen wie s3://BUCKET/FOLDER oder https://HOST/BUCKET/FOLDER, ohne Schlüssel darin, oder gar keinen.
error-files_damaged = Was der Objektspeicher als { $name } hat, ist unvollständig.
    .advice = Hier wurde nichts geändert. Holen Sie dieses Objekt aus der Sicherung des Speichers zurück, oder löschen Sie, was davon übrig ist.
error-files_elsewhere = Eine Kopie liegt noch im Objektspeicher oder auf einem anderen Computer des Ladens.
    .advice = Sie verschwindet von selbst: Lassen Sie gait auf jedem Computer des Ladens laufen.
error-no_computer = Kein Computer des Ladens hat diese Kennung.
    .advice = gait records computers zeigt alle.
error-computer_here = Das ist der Computer, an dem Sie sitzen.
    .advice = Nennen Sie einen, der für immer weg ist: gait records computers zeigt alle.
error-computer_at_work = Dieser Computer war in der letzten Stunde noch da: Er arbeitet.
    .advice = Löschungen gehen dort von selbst weiter. Sollte er für immer weg sein, melden Sie es frühestens eine Stunde, nachdem er zuletzt da war.
error-records_no_address = GAIT_DATABASE_URL nennt keine Datenbank, die gait verwenden kann.
    .advice = Nennen Sie eine wie postgresql://USER:PASSWORD@HOST/NAME, oder gar keine.

## The command

error-no_language = Die Sprache „{ $name }“ gibt es nicht.
    .advice = Wählen Sie eine davon: { $names }. Oder lassen Sie die Angabe weg.
error-certificate = { $cert } und { $key } sind kein Zertifikat mit seinem Schlüssel.
    .advice = Beides müssen PEM-Dateien sein, der Schlüssel ohne Passwort.
error-certificate-alone = Zu einem Zertifikat gehört sein Schlüssel.
    .advice = Geben Sie beides an: --cert DATEI und --key DATEI.
error-certificate-no_file = Die Datei { $path } gibt es nicht.
    .advice = Prüfen Sie den Pfad hinter --cert oder --key.
error-no_matplotlib = Die Genauigkeitsseite braucht matplotlib.
    .advice = Rufen Sie auf: pip install 'gait[validation]'
error-no_truth = In { $folder } ist kein Laufvideo mit Wahrheitsdatei.
    .advice = Nennen Sie einen Ordner mit NAME.mp4 und NAME.truth.json.

### A result in words: the PDF, the pages and the command -------------------------------------------------------------

date_pattern = d. MMMM y
label-neutral = Neutral
label-over = Überpronation
label-under = Unterpronation
label-undetermined = Nicht bestimmbar
meaning-neutral = Die Ferse blieb im mittleren Bereich der Läufer.
meaning-over = Die Ferse kippte weiter nach innen als im mittleren Bereich der Läufer.
meaning-under = Die Ferse kippte weniger nach innen als im mittleren Bereich der Läufer.
meaning-undetermined = Dieser Lauf entscheidet es nicht.
method-markers = Klebepunkte
method-heel_counter = Schuhrückseite (Fersenkappe)
method-landmarks = nur Körperpunkte
method_short-markers = Klebepunkte
method_short-heel_counter = Fersenkappe
method_short-landmarks = Körperpunkte
category-neutral = Neutral
category-stability = Stabil
category-motion-control = Motion Control
foot-left = Linker Fuß
foot-right = Rechter Fuß
sure_very = sehr sicher
sure_quite = ziemlich sicher
sure_fairly = recht sicher
we_are_sure = Wir sind uns { $sure }.
device = Eine Hilfe bei der Schuhwahl, kein Medizinprodukt.
example_shelf = Diese Schuhe sind Beispiele mit erfundenen Namen: Der Laden hat sein Sortiment noch nicht eingetragen.
heel_not_seen = Die Ferse war von hinten nicht gut genug zu sehen, um ihre Kippung zu messen.
heel_rolled_in = Von hinten gesehen rollte Ihre Ferse nach dem Aufsetzen um etwa { NUMBER($deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° nach innen (wahrscheinlich { $range }°).
heel_tilted_in = Von hinten gesehen kippte Ihre Ferse um etwa { NUMBER($deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° nach innen (wahrscheinlich { $range }°), gemessen an Ihrem Stand.
heel_tilted_out = Von hinten gesehen kippte Ihre Ferse um etwa { NUMBER($deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° nach außen (wahrscheinlich { $range }°), gemessen an Ihrem Stand.
range = { $low }–{ $high }
range_signed = { $low } bis { $high }
filmed_slow = in Zeitlupe gefilmt ({ $times }-fach), vom Team bestätigt
speed = { NUMBER($kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h
speed_not_given = Geschwindigkeit nicht angegeben
zero_standing = verglichen mit Ihrem Stand
zero_none = kein Standvideo zum Vergleich
zero_note_standing = 0°: wie im Stand.
zero_note_none = 0°: Fersenlinie in Richtung des Unterschenkels; nicht mit dem Stand verglichen.
band_at_speed = Mittlerer Bereich der Läufer bei { NUMBER($kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h: { NUMBER($under_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }–{ NUMBER($over_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°.
band_no_speed = Mittlerer Bereich der Läufer (Geschwindigkeit nicht angegeben): { NUMBER($under_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }–{ NUMBER($over_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°.
corrected_by_hand = Von Hand berichtigt: { $what }.
put_right-runner = Name
put_right-speed = Geschwindigkeit (vorher: { $before })
put_right-size = Schuhgröße (vorher: { $before })
put_right-shoe = getragener Schuh
put_right-standing = Standvideo
not_given = nicht angegeben
ran_in = im { $shoe }
steps_left_out = { $n ->
        [one] 1 Schritt
       *[other] { $n } Schritte
    } weggelassen
steps_moved = Linien von { $n ->
        [one] 1 Schritt
       *[other] { $n } Schritten
    } verschoben
steps_read_from = { $steps } Schritte, abgelesen an: { $method }
in_size = in Größe { $size }
clip_file = Video { $file }
clip_length_and_rate = { NUMBER($length_s, maximumFractionDigits: 0) } s mit { NUMBER($fps, maximumFractionDigits: 0) } Bildern pro Sekunde
clip_length = { NUMBER($length_s, maximumFractionDigits: 0) } s
clip_rate = { NUMBER($fps, maximumFractionDigits: 0) } Bilder pro Sekunde
model_sum = Modell { $sum }
row-peak_eversion_deg = Größte Kippung
row_peak_from_standing = Größte Kippung gegenüber Stand
row-eversion_excursion_deg = Kippung vom Aufsetzen bis zur größten
row-touchdown_deg = Winkel beim Aufsetzen
row-time_to_peak_pct = Zeitpunkt der größten Kippung in der Standphase
row-toe_out_deg = Fuß zeigt nach außen
row-contact_time_s = Bodenkontaktzeit
row-flight_time_s = Flugzeit
row-cadence_spm = Schrittfrequenz
row-step_width_pct_leg = Schrittbreite
row_peak_3d = Größte Kippung in 3D, geschätzt
row_probability = P(Unter-, neutral, Überpronation)
row_steps = Saubere Schritte
row_method = Abgelesen an
reference_zero = Nullpunkt
reference_zero_standing = der Stand der Person (Standvideo)
reference_zero_none = keiner (kein Standvideo)
reference_speed = Geschwindigkeit
reference_limits = Grenzen
reference_band = Unterpronation unter { NUMBER($under_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°, Überpronation über { NUMBER($over_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°
reference_source = Quelle der Grenzen
reference_by_hand = Von Hand
limit_angle_standing = Der Winkel ist die Linie der Fersenkappe gegen die Linie des Unterschenkels im Bild von hinten, abzüglich desselben Winkels im Stand. Der Fuß kann sich im Schuh bewegen; das ist nicht zu sehen.
limit_angle = Der Winkel ist die Linie der Fersenkappe gegen die Linie des Unterschenkels im Bild von hinten; abgezogen wurde nichts. Der Fuß kann sich im Schuh bewegen; das ist nicht zu sehen.
limit_two_dimensions = Es ist ein zweidimensionaler Winkel. Gegenüber dreidimensionaler Bewegungsmessung an 26 Läufern (52 Füßen) wich die größte Kippung von Fuß zu Fuß um 1,4° (SD) ab. Das steckt nicht in den Intervallen; sie sagen, wie gut das Bild abgelesen wurde.
limit_camera = Steht die Kamera 2° neben der Linie hinter dem Fuß, ändert sich der Winkel um etwa 1° (Areblad 1990).
limit_sessions = Bei solchen Messungen von hinten kann eine Änderung zwischen zwei Terminen unter 1,3–4,8° ein Messfehler sein (Dingenen 2018).
limit_band = Die Grenzen liegen dort, wo der mittlere Bereich der Läufer bei dieser Geschwindigkeit endet (Mittelwert ± 1 SD). Etwa jeder dritte Fuß liegt also außerhalb. Eine Einstufung sagt, wo ein Fuß unter Läufern steht, nicht, dass mit ihm etwas nicht stimmt.
limit_speed = Der Winkel wächst mit der Geschwindigkeit. Sie wurde nicht angegeben; die Einstufung musste daher für die üblichen Geschwindigkeiten gelten.

## On the pages

read-markers = an den Klebepunkten abgelesen
read-heel_counter = an der Schuhrückseite abgelesen
read-landmarks = nur aus den Körperpunkten geschätzt
page_footer = Eine Hilfe bei der Schuhwahl, kein Medizinprodukt. Der Komfort beim Laufen entscheidet.
page_sign = Plus heißt: Die Ferse kippt nach innen, zum anderen Fuß hin. Minus heißt: Sie kippt nach außen.
between_labels = Zwischen { $first ->
        [neutral] Neutral
        [over] Überpronation
       *[under] Unterpronation
    } und { $second ->
        [neutral] Neutral
        [over] Überpronation
       *[under] Unterpronation
    }
likely = wahrscheinlich { $range }{ $unit }
time_unknown = Restzeit wird ermittelt
time_few_seconds = noch wenige Sekunden
time_seconds = noch etwa { $seconds } s
time_minutes = noch etwa { $minutes } min

## What stands on the PDF's two pages whatever the result

pdf-title = Laufanalyse
pdf-head = LAUFANALYSE, VON HINTEN GESEHEN
pdf-figures = DIE ZAHLEN DAHINTER
pdf-yours = Ihre Laufanalyse
pdf-store = Laden
pdf-under = unter
pdf-neutral = neutral
pdf-over = über
pdf-no_picture = Von dieser Ferse war kein Bild messbar.
pdf-picture_of = Unterschenkel von hinten bei der größten Kippung, mit Unterschenkellinie und Fersenlinie
pdf-but = Aber:
pdf-refused = Dieses Video konnte nicht beurteilt werden
pdf-nothing_measured = Es wurde nichts gemessen, darum steht hier nichts über die Füße. Woran es lag und was hilft:
pdf-also_noticed = Außerdem aufgefallen
pdf-about_pictures = Bilder: die größte Kippung eines typischen Schritts. Weiß: Linie des Unterschenkels. Gelb: Linie der Ferse. Gestrichelt: wo die Ferse bei 0° läge. Links und rechts sind Ihre eigenen Seiten, von hinten gesehen.
pdf-three_shoes = Drei Schuhe zum Anprobieren
pdf-shoes = Schuhe zum Anprobieren
pdf-no_shoes = Für dieses Ergebnis wurden keine Schuhe gesucht.
pdf-stance_axis = % der Standphase, vom Aufsetzen bis zum Zehenabstoß
pdf-measured = Gemessen
pdf-chart = { $foot }: wie die Kippung der Ferse vom Aufsetzen bis zum Zehenabstoß steigt und fällt, in Grad. Die Zahlen dazu stehen in der Tabelle.
pdf-logo = Das Logo des Geschäfts
pdf-compared_title = Zwei Läufe im Vergleich
pdf-compared_head = ZWEI LÄUFE IM VERGLEICH
pdf-ruler_title = gait: ein Blatt zum Kalibrieren einer Kamera
pdf-ruler_alt = Vier Beine von hinten, deren Fersen um -5, 0, 5 und 10 Grad geneigt sind. Sechs quadratische Marken. Ein Lineal von 100 mm.
pdf-ruler_keep = Kalibrierblatt von gait. Mit 100 % drucken: Dann ist das Lineal unten 100 mm lang.
pdf-ruler_here = Diese Seite nach oben, senkrecht, zur Kamera gewandt, wo die Fersen der Läufer sind.
pdf-ruler_wedge = { NUMBER($wedge, maximumFractionDigits: 0) }°
pdf-ruler_how = So wird eine Kamera kalibriert
pdf-ruler_do_print = Drucken Sie die erste Seite mit 100 % auf weißes Papier, das nicht glänzt. Im Druckfenster heißt das „tatsächliche Größe“. Wählen Sie nicht „an Seite anpassen“.
pdf-ruler_do_measure = Messen Sie das gedruckte Lineal nach. Ist es nicht 100 mm lang, notieren Sie seine Länge: Danach wird später gefragt.
pdf-ruler_do_hang = Kleben Sie das Blatt glatt auf ein Brett. Stellen Sie es senkrecht auf das Laufband, wo die Fersen der Läufer sind, zur Kamera gewandt. Prüfen Sie mit einer Wasserwaage, dass die untere Kante waagerecht ist.
pdf-ruler_do_camera = Lassen Sie die Kamera, wie sie für Kunden steht: am selben Ort, mit demselben Zoom und denselben Lampen.
pdf-ruler_do_film = Filmen Sie zehn Sekunden lang. Verschieben Sie das Blatt alle zwei Sekunden um etwa einen Zentimeter zur Seite und lassen Sie es los. Nehmen Sie kein Foto: Kameras beschneiden Fotos anders als Videos.
pdf-ruler_do_read = Lassen Sie gait das Video lesen: gait calibrate CLIP. Es sagt, wie weit die Winkel dieser Kamera daneben liegen, ob sie gerade steht und wie groß ein Millimeter in ihrem Bild ist.
pdf-ruler_do_lens = Um auch das Objektiv zu prüfen, filmen Sie das Blatt noch einmal aus solcher Nähe, dass es das Bild ausfüllt.
pdf-ruler_kept = Wiederholen Sie das, wann immer die Kamera bewegt wurde, und einmal im Monat. Das Blatt taugt, bis es schmutzig oder verbogen ist.
pdf-not_measured = nicht gemessen
pdf-over_above = Überpr. über
pdf-under_below = Unterpr. unter
pdf-curves = Rückfußwinkel in der Standphase
pdf-about_curves = Plus: Die Ferse kippt nach innen, zum anderen Fuß hin. Dünne Linien: einzelne saubere Schritte, durch ihre gemessenen Bilder gezogen. Dicke Linie: ihr Mittelwert; helles Band: ± 1 SD zwischen den Schritten.
pdf-dashed = Gestrichelt: Grenzen für diese Geschwindigkeit.
pdf-estimates = Messwerte
pdf-intervals = mit 95-%-Intervallen
pdf-left = Links
pdf-right = Rechts
pdf-cadence = Schrittfrequenz, Schritte pro Minute
pdf-judged_against = Beurteilt nach
pdf-why_labels = Gründe der Einstufung
pdf-about_clip = Zum Video
pdf-method_limits = Grenzen des Verfahrens

### The pages ----------------------------------------------------------------------------------------------------------
#
# `<b>` and `</b>` make letters bold and `<br>` begins a new line where English has them; other entries are plain.

title-new = Neue Analyse
title-record = Aufnehmen
title-result = Ergebnis
title-earlier = Frühere Ergebnisse
title-compare = Vergleichen
title-comfort = Komfort
title-advice = Empfehlung
page-to_advice = Zur Empfehlung
page-advice_lead = Der Komfort entscheidet. Was gemessen wurde und das Sortiment stehen daneben.
advice_head-comfort = Komfort
advice_head-feet = Füße
advice_head-shelf = Sortiment
page-advice_comfort = mit { $mark } von 100 bewertet
page-advice_not_rated = nicht bewertet
page-advice_stock = { $stock ->
        [here] vorrätig
        [not_here] in dieser Größe nicht vorrätig
       *[own] eigener Schuh, oder nicht aus dem Sortiment
    }
page-advice_untried = Noch nicht gelaufen.
page-advice_grade = Belegt: { $grade ->
        [moderate] mittel
        [low] schwach
        [known] hier bekannt
       *[none] gar nicht
    }
page-advice_pairs = Schuh gegen Schuh
page-advice_pairs_what = Übliche Schwankung: nicht mehr, als dieselbe Person im selben Schuh von Mal zu Mal anders angibt oder anders läuft.
page-advice_felt = { $felt ->
        [alike] übliche Schwankung <i>({ $by } von 100)</i>
        [small] ein kleiner Unterschied <i>({ $by } von 100)</i>
        [clear] ein Unterschied, der zählt <i>({ $by } von 100)</i>
       *[none] nicht bewertet
    }

## New analysis

page-how_to_film = Filmen Sie von hinten auf Knöchelhöhe: ein paar Sekunden ruhiges Stehen, dann 20 s Laufen.
page-job_gone = Diese Analyse gibt es nicht mehr. Bitte starten Sie sie neu.
page-clip = Video
source-own = Eigenes Video
source-example = Beispiellauf
page-example_is = <b>Probieren Sie es mit dem Beispiellauf.</b> Ein computererzeugter Läufer auf dem Laufband mit { NUMBER($kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h, von hinten gefilmt, mit Standvideo.
page-running_clip = Laufvideo
page-running_clip_help = Etwa 20 s, von hinten.
page-standing_clip = Standvideo
page-standing_clip_help = 3 s ruhiges Stehen, dieselbe Kamera, dieselben Schuhe.
page-video_types = mp4, mov, mkv, webm, avi oder mts, bis 2 GB. Videos werden nach der Analyse gelöscht.
page-analyse = Lauf analysieren
page-sides_question = Ist der markierte Fuß der linke Fuß des Läufers?
page-sides_how = Richten Sie sich nach dem Raum, nicht nach der Person: Was im Bild links ist, muss links sein, wenn Sie hinter dem Laufband stehen. Manche Frontkameras und Apps speichern ein Spiegelbild. Gefragt wird einmal für jede Kamera.
page-sides_yes = Ja, der linke Fuß
page-sides_no = Nein, gespiegelt
page-sides_left = L
page-sides_picture = Ein Bild des Laufs mit einem markierten Fuß.
page-sides_plain = Links und rechts sind bestätigt für { $camera }: Sie spiegelt nicht.
page-sides_mirrored = Links und rechts sind bestätigt für { $camera }: Sie spiegelt. Ihre Videos werden seitenrichtig gelesen.
page-sides_change = Neu fragen
page-sides_camera = { $name } ({ $width_px } x { $height_px } Pixel)
page-sides_unnamed = Videos mit { $width_px } x { $height_px } Pixeln ohne Kameranamen
page-standing_first = Wählen Sie zuerst ein anderes Standvideo, oder entfernen Sie es.
page-choose_clip = Wählen Sie ein Laufvideo, oder probieren Sie den Beispiellauf.
page-looking_clip = Das Video wird geprüft …
page-looking_runner = Der Läufer wird gesucht …
page-looking_standing = Das Standvideo wird geprüft …
page-which_runner = Wer ist der Läufer?
page-several_people = Im Bild sind mehrere Personen: Wählen Sie zuerst den Läufer.
page-analysing = Der Lauf wird analysiert
page-analysing_whom = { $runner } wird analysiert
page-may_close = Sie können diese Seite schließen; die Arbeit geht weiter.
page-stopping = Wird angehalten …
page-getting_ready = Wird vorbereitet
page-frames_done = { NUMBER($done, useGrouping: "true") } von { NUMBER($total, useGrouping: "true") } Bildern
page-percent = { NUMBER($percent, maximumFractionDigits: 0) } %
page-cancel = Abbrechen
page-cancelled = Die Analyse wurde abgebrochen
page-not_analysed = Dieser Lauf konnte nicht analysiert werden
page-nothing_kept = Es wurde nichts gespeichert.
page-clips_deleted = Die hochgeladenen Videos wurden gelöscht.
page-start_again = Neu beginnen
page-no_result_kept = Es wurde kein Ergebnis gespeichert.
page-recording_kept = Die Aufnahme bleibt: Sie steht unter „Aufnehmen“, bis Sie sie analysieren oder löschen.
page-waiting = { $before ->
        [one] Er kommt als Nächster: Davor wird noch ein Lauf analysiert.
       *[other] Davor werden noch { $before } Läufe analysiert.
    }
page-in_queue = Der Lauf ist in der Warteschlange
page-waiting_whom = { $runner } ist in der Warteschlange
page-begins_by_itself = Die Analyse beginnt von selbst.
page-others_run = Diese Analyse wurde an einem anderen Arbeitsplatz gestartet; dort kann sie abgebrochen werden.
page-prepare_next = Inzwischen den nächsten Lauf vorbereiten
page-others_wait = { $others ->
        [one] Ein Lauf von einem anderen Arbeitsplatz wird analysiert.
       *[other] { $others } Läufe von anderen Arbeitsplätzen werden analysiert oder warten.
    } Was Sie hier beginnen, kommt danach an die Reihe.
page-unnamed_run = Ein Lauf ohne Namen
page-job_done = Fertig
page-job_no_result = Ohne Ergebnis beendet
page-show_job = Anzeigen

## What staff fill in

page-runner_name = Name des Läufers
page-optional = Freiwillig
page-belt_speed = Laufband, km/h
page-belt_speed_example = z. B. 10
page-belt_speed_help = Bei höherem Tempo kippen Fersen weiter: Die Grenzen richten sich nach der Geschwindigkeit.
page-belt_speed_wrong = Die Laufbandgeschwindigkeit muss eine Zahl von { $least } bis { $most } km/h sein, zum Beispiel 10 oder 9,8. Ihre Eingabe: „{ $typed }“.
page-more_settings = Weitere Einstellungen
page-tracker = Womit dem Läufer gefolgt wird
page-tracker_help = Der Winkel wird im Bild gemessen und hängt deshalb kaum davon ab. BlazePose sieht auch Fersen und Zehen und trifft so die Schrittzeiten am besten. `gait trackers` sagt, was bereit ist.
page-shoe_size = Schuhgröße
page-shoe_size_wrong = Die Schuhgröße muss eine Zahl von { $least } bis { $most } sein, zum Beispiel 42 oder 42,5. Ihre Eingabe: „{ $typed }“.
page-shoe_size_help = Wie in Ihrem Sortiment: Vorgeschlagen werden nur Schuhe, die in dieser Größe vorrätig sind.
page-shoe_worn = Getragener Schuh
page-shoe_worn_help = Was die Person jetzt trägt. Es steht auf Ergebnis und Bericht.

## The first look at a clip

clip-refuse = Dieses Video kann nicht beurteilt werden
clip-warn = Bitte ansehen: { $points ->
        [one] 1 Punkt
       *[other] { $points } Punkte
    }
clip-ok = Ein gutes Video
clip-standing = Das Standvideo passt nicht zu diesem Lauf
clip_then-standing = Der Lauf selbst ist in Ordnung.
clip_then-refuse = Wählen Sie ein anderes oder nehmen Sie neu auf.
clip_then-warn = Das Video kann analysiert werden.
clip_then-ok = Alles Nötige ist da.
mark-refuse = nicht zu beurteilen
mark-warn = bitte ansehen
mark-ok = gut
page-needed = nötig: { $limit }
page-picture_of_clip = Ein Bild aus dem Video

## Record

page-record_run = Einen Lauf aufnehmen
page-how_to_record = Kamera gerade hinter dem Laufband auf Knöchelhöhe: zuerst ruhiges Stehen, dann 20 s Laufen.
page-camera = Kamera
source-device = Kamera dieses Geräts
source-computer = Kamera am Computer des Ladens
page-run_is_next = Nehmen Sie jetzt den Lauf auf.
page-no_standing_clip = Ohne Standvideo ist die Einstufung unsicherer und oft <b>nicht bestimmbar</b>.
part-run = { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s Laufen
part-standing = { NUMBER($length_s, minimumFractionDigits: 1, maximumFractionDigits: 1) } s Stehen
page-both_parts = { $first } und { $second }
page-left_unreadable = Eine Aufnahme, die nicht lesbar ist
page-recordings_kept = Aufnahmen bleiben, bis sie analysiert werden oder Sie sie löschen. { $days ->
        [-1] { "" }
        [0] Eine Aufnahme ohne Besuch wird nach einer Stunde von selbst gelöscht.
        [one] Eine Aufnahme ohne Besuch wird nach einem Tag von selbst gelöscht.
       *[other] Eine Aufnahme ohne Besuch wird nach { $days } Tagen von selbst gelöscht.
    }
page-recorded_at = Aufgenommen { $moment }
page-next_runner = Nächste Person aufnehmen
page-next_runner_help = Diese Videos bleiben: Sie stehen unten, bis Sie sie analysieren oder löschen.
page-left_behind = Noch nicht analysiert: { $clips }
page-left_behind_when = , aufgenommen { $moment }.
page-analyse_left = Analysieren
page-other_standing_clip = Ein anderes Standvideo anstelle des aufgenommenen
page-not_now = Jetzt nicht
page-delete = Löschen
moment_pattern = dd.MM., HH:mm

# Shown by the browser, as the entries `sheet-` are: only plain values such as { "{ $n }" }, no NUMBER and no choice.

recorder-rate = { $rate } Bilder pro Sekunde
recorder-mode = { $width } x { $height }, { $rate } pro Sekunde
recorder-picture = { $width } x { $height }, { $rate }
recorder-no_answer = Der Computer im Laden antwortet nicht.
recorder-not_reached = Der Computer im Laden ist nicht erreichbar. Was dort angekommen war, ist gespeichert.
recorder-needs_https = Der Browser gibt seine Kamera nur für Seiten frei, die mit https geöffnet sind, oder mit http://localhost auf dem Computer des Ladens selbst. Fragen Sie nach der https-Adresse der Seite, oder verwenden Sie eine Kamera am Computer des Ladens.
recorder-not_allowed = Der Browser durfte die Kamera nicht benutzen: Erlauben Sie es in der Adressleiste und wählen Sie die Kamera noch einmal.
recorder-no_camera = Dieses Gerät hat keine Kamera.
recorder-in_use = Ein anderes Programm benutzt die Kamera: Schließen Sie es und wählen Sie die Kamera noch einmal.
recorder-not_opened = Die Kamera lässt sich nicht öffnen.
recorder-not_open = Die Kamera ist nicht geöffnet. Wählen Sie die Kamera noch einmal.
recorder-disconnected = Die Verbindung zur Kamera ist abgebrochen. Wählen Sie die Kamera noch einmal.
recorder-disconnected_after = Die Verbindung zur Kamera brach nach { $length } s ab; diese sind gespeichert.
recorder-camera_number = Kamera { $n }
recorder-network_camera = Netzwerkkamera ...
recorder-type_address = Geben Sie die Adresse der Kamera ein.
recorder-none_plugged_in = Am Computer des Ladens ist keine Kamera angeschlossen. Geben Sie die Adresse einer Netzwerkkamera ein, zum Beispiel rtsp://user:password@192.168.1.20/stream1.
recorder-trying = Es wird geprüft, was die Kamera kann: Das dauert etwa zehn Sekunden.
recorder-nothing = Es wurde nichts aufgenommen.
recorder-live = Livebild
recorder-opening = Die Kamera wird geöffnet ...
recorder-title_standing = 1  Ruhig stehen, { $seconds } s
recorder-title_run = 2  Laufen, { $seconds } s
recorder-record = Aufnehmen
recorder-record_again = Neu aufnehmen
recorder-stop = Stopp
recorder-camera = Kamera
recorder-size = Bild
recorder-address = Adresse der Netzwerkkamera
recorder-find = Bestes Bild suchen
recorder-stops = Die Aufnahme endet von selbst.
recorder-soon_standing = Still stehen in ...
recorder-soon_run = Aufnahme in ...
recorder-now_standing = Still stehen
recorder-now_run = Weiterlaufen
recorder-saving = Wird gespeichert
recorder-saving_left = Wird gespeichert: noch { $megabytes } MB
recorder-kept = { $length } s, { $frames } Bilder
recorder-kept_rate = { $length } s, { $frames } Bilder, { $rate }
recorder-too_slow = { $kept }. Die Kamera sendete { $sent }: Dieses Gerät ist für dieses Bild zu langsam. Wählen Sie ein kleineres und nehmen Sie neu auf.
recorder-start_belt = Starten Sie das Laufband. Drücken Sie „Aufnehmen“, wenn das Tempo erreicht ist.
recorder-ready = Bereit: Die ganze Person ist im Bild.
recorder-measured = Gemessen: { $picture }
recorder-measured_short = Gemessen: { $picture } statt { $asked }. Mit mehr Licht wird die Kamera schneller.

## How to film

page-guide = Kamera hinter dem Laufband auf Knöchelhöhe
page-guide_camera = Kamera gerade <b>hinter</b> dem Laufband, auf Knöchelhöhe.
page-guide_picture = Beide Füße und Knie im Bild, die ganze Zeit.
page-guide_order = <b>3 s ruhig stehen</b>, dann <b>20 s laufen</b>. Bewegen Sie die Kamera dazwischen nicht.
page-guide_light = Helles Licht, 60 Bilder pro Sekunde oder mehr.

## Result

page-nothing_to_show = Noch keine Ergebnisse. Analysieren Sie einen Lauf, dann steht er hier.
page-no_such_result = Dieses Ergebnis ist nicht auf diesem Computer.
page-no_such_result_why = Vielleicht wurde es gelöscht.
page-compared = verglichen mit dem Stand
page-not_compared = kein Standvideo
day_time_pattern = d. MMMM y, HH:mm
page-make_pdf = PDF erstellen
page-export_pdf = PDF speichern
page-pdf_comes = PDF wird erstellt …
page-foot_basis = { $steps ->
        [one] 1 Schritt
       *[other] { $steps } Schritte
    }, { $read }
page-typical_step = Ein typischer Schritt
page-typical_step_alt = Größte Kippung eines typischen Schritts
page-picture_comes = Das Bild wird<br>gezeichnet
zone-under = unter
zone-neutral = neutral
zone-over = über
page-scale = { $value } Grad, wahrscheinlich { $low } bis { $high }; neutral von { $under } bis { $over }
page-curves = Wie Ihre Ferse kippt, während der Fuß am Boden ist
page-curves_standing = Dünne Linien sind einzelne Schritte, durch ihre gemessenen Bilder gezogen. 0° ist Ihr Stand.
page-curves_upright = Dünne Linien sind einzelne Schritte, durch ihre gemessenen Bilder gezogen. Ein Standvideo fehlt, darum ist 0° nur die Senkrechte im Bild.
page-rhythm = Ihr Rhythmus
page-steps_a_minute = Schritte pro Minute
page-pattern = Wann welcher Fuß am Boden ist: ab jedem Erstkontakt, für die mittlere Bodenkontaktzeit des Fußes
page-times = Je Schritt, mit dem Bereich, in dem der wahre Wert wahrscheinlich liegt
page-shoes = Schuhe zum Anprobieren
page-no_shoes = Kein Schuh vorzuschlagen
page-example_shoe = Beispiel, erfundener Name
page-run_again = Ihr Lauf noch einmal
page-skeleton = Das Skelett zeigt die Bewegung, wie die Kamerasoftware sie in 3D schätzt.

## Its charts

chart-side = { $side ->
        [left] links
       *[right] rechts
    }
chart-not_measured = { $side ->
        [left] links
       *[right] rechts
    }: nicht gemessen
chart-no_curve = Nicht messbar
chart-over_above = Überpronation über { $deg }°
chart-under_below = Unterpronation unter { $deg }°
chart-lands = Aufsatz
chart-leaves = Abstoß
chart-share = { $percent } %
chart-hover_curve = { $deg }° bei { $percent } % des Bodenkontakts
chart-hover_peak = größte Kippung { $deg }° (wahrscheinlich { $low } bis { $high }°)
chart-hover_time = { $side ->
        [left] links
       *[right] rechts
    } { $value } { $unit } (wahrscheinlich { $low } bis { $high })
chart-on_ground = Am Boden
chart-in_air = In der Luft
chart-no_skeleton = Kein 3D-Bild
chart-play = Abspielen
chart-stop = Stopp
chart-letter = { $side ->
        [left] L
       *[right] R
    }

## Its film, drawn last

page-film_next = Als Nächstes kommt das Overlay-Video
page-film_next_after = Zuerst Bilder und PDF.
page-no_film = <b>Dieses Ergebnis hat kein Overlay-Video.</b> Seine Zahlen sind vollständig: Das Video ist nur zum Ansehen.
page-film_again = Die Beine im Video sind aufbewahrt: Daraus lässt es sich noch einmal zeichnen. Das dauert so lange wie eine Analyse.
page-film_no_clip = Das Ausgangsvideo ist nicht aufbewahrt, deshalb lässt es sich nicht noch einmal zeichnen.
page-film_again_now = Video noch einmal zeichnen
page-film_waits_turn = { $place ->
        [0] Das Overlay-Video kommt als Nächstes
        [one] Das Overlay-Video wartet: Ein Lauf kommt davor
       *[other] Das Overlay-Video wartet: { $place } Läufe kommen davor
    }
page-film_waits = Es geht weiter, wenn der andere Lauf analysiert ist.
page-film_drawn = Das Overlay-Video wird gezeichnet
page-leave_film_out = Weglassen

## The controls below the film

film-picture = Der Lauf mit eingezeichneten Linien
film-play = Abspielen
film-pause = Pause
film-place = Stelle im Video
film-back = Ein Bild zurück
film-on = Ein Bild vor
film-speed = Tempo des Videos
film-normal = Normales Tempo
film-half = Halbes Tempo
film-quarter = Viertel Tempo
film-eighth = Achtel Tempo
film-again = Schritt wiederholen
film-keys = Tasten: , und . oder die Pfeile gehen Bild für Bild, die Leertaste spielt ab, L wiederholt einen Schritt.
film-large = Vollbild

## The curve beside the film

tilt-panel = { $foot }: Stelle in diesem Schritt
tilt-step = Schritt { $n }
tilt-left_out = weggelassen
tilt-air = in der Luft
tilt-share = bei { $percent } % des Bodenkontakts
tilt-how = Kräftig: dieser Schritt. Blass: das Mittel aller Schritte mit seiner Streuung. Klicken oder ziehen Sie auf einer Kurve, und das Video geht dorthin.
tilt-limits = Gestrichelt: die Grenzen von Neutral bei diesem Tempo.
tilt-two = { $a } ist gestrichelt, { $b } durchgezogen.
tilt-both = Beide Füße bei { $percent } % des Bodenkontakts
tilt-still = { $foot } im selben Moment seines Schritts

## The page has lost its program

connection-lost = Diese Seite hat keine Verbindung zu gait.
connection-advice = Sie macht von selbst weiter, wenn gait wieder antwortet. Wenn nicht: Prüfen Sie, ob der Computer im Laden an ist, gait dort gestartet ist und dieses Gerät im Netzwerk des Ladens ist. Ergebnisse und Aufnahmen bleiben erhalten.

## Its steps

page-steps = Jeder Schritt
page-steps_how = Bei der größten Kippung. Weiß: der Unterschenkel. Gelb: die Schuhrückseite. Tippen Sie auf einen Schritt, um genauer hinzusehen.
page-steps_drawn = Die Bilder der Schritte werden gezeichnet.
page-steps_drawn_then = Sie erscheinen hier von selbst.
page-no_steps = Dieses Ergebnis hat keine Bilder seiner Schritte.
page-no_steps_then = Seine Zahlen sind vollständig. Um Schritte zu berichtigen, analysieren Sie das Video neu.
page-steps_found = { $steps ->
        [one] 1 Schritt
       *[other] { $steps } Schritte
    }
page-steps_found_but = { $steps ->
        [one] 1 Schritt
       *[other] { $steps } Schritte
    }, { $out } weggelassen
page-by_hand = <b>{ $steps ->
        [one] 1 Schritt
       *[other] { $steps } Schritte
    } von Hand geändert.</b> Das steht im Ergebnis und im Bericht.
page-undo = Alle Änderungen zurücknehmen
page-put_right = Name, Tempo, Größe, Schuh oder Standvideo berichtigen
page-put_right_now = Berichtigen
page-put_right_is = <b>Nach der Analyse berichtigt:</b> { $what }. Das steht auch im Bericht.
page-put_right_undo = Zurücknehmen
page-put_right_same = Es wurde nichts geändert.
page-put_right_standing = Ein anderes Standvideo
page-put_right_standing_help = Das Standvideo derselben Person, im selben Schuh, mit derselben Kamera. Der Lauf wird damit neu gemessen.
page-put_right_run = Dasselbe Laufvideo noch einmal
page-put_right_run_gone = Das Laufvideo wird nach der Analyse nicht aufbewahrt. Um das Standvideo zu berichtigen, wählen Sie dieselbe Datei noch einmal. Wurde der Lauf hier aufgenommen, nehmen Sie ihn neu auf.
page-put_right_steps_again = <b>{ $steps ->
        [one] Der Schritt, den Sie von Hand berichtigt haben, verliert seine Berichtigung.
       *[other] Die { $steps } Schritte, die Sie von Hand berichtigt haben, verlieren ihre Berichtigung.
    }</b> Der Lauf wird neu gemessen; berichtigen Sie sie danach noch einmal.
page-put_right_measure = Neu messen
page-back_to_result = Zurück zum Ergebnis
page-judging = Wird neu beurteilt …

# Shown by the browser: only plain values such as { "{ $n }" }, no NUMBER and no choice.

sheet-step = Schritt { $n }
sheet-step_named = { $foot }, Schritt { $n }: { $angle }
sheet-step_named_out = { $foot }, Schritt { $n }: { $left_out }, { $why }
sheet-left_out = weggelassen
sheet-left_out_why = Weggelassen: { $why }
sheet-moved = Linien verschoben
sheet-save = Linien speichern
sheet-grip_shank_lower = Unterschenkellinie, unteres Ende
sheet-grip_shank_upper = Unterschenkellinie, oberes Ende
sheet-grip_heel_lower = Fersenlinie, unteres Ende
sheet-grip_heel_upper = Fersenlinie, oberes Ende
sheet-drag = Ziehen Sie an den Enden einer Linie, wenn sie nicht auf dem Unterschenkel oder nicht auf der Mitte der Ferse liegt.
sheet-accept = Schritt wieder zählen
sheet-reject = Schritt weglassen
sheet-reset = Linien zurücksetzen
sheet-close = Schließen

## Its figures

page-how_judged = Wie geurteilt wurde
page-all_figures = Alle Zahlen
page-tab_watch = Ansehen
page-tab_figures = Zahlen
page-tab_steps = Schritte
page-tab_how_judged = Wie geurteilt wurde
page-limits = Neutral ist bei dieser Geschwindigkeit <b>{ NUMBER($under_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° bis { NUMBER($over_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°</b>. Woher das kommt: { $source }.
more-touchdown_deg = Fersenkippung beim Aufsetzen
more-peak_eversion_deg = Größte Fersenkippung
more-eversion_excursion_deg = Vom Aufsetzen bis zur größten
more-time_to_peak_pct = Größte nach diesem Anteil des Bodenkontakts
more-toe_out_deg = Fußspitze zeigt nach außen um
more-peak_3d = Was eine 3D-Messung wahrscheinlich zeigen würde
more-pelvic_drop_deg = Becken sinkt auf der anderen Seite um
more-knee_alignment_deg = Knie innerhalb der Linie von Hüfte zu Knöchel
more-heel_whip_deg = Fuß dreht sich nach dem Abheben um
more-step_width_pct_leg = Fuß setzt neben der Mitte auf, Anteil der Beinlänge
more-foot_strike_angle_deg = Fußspitze oben beim Aufsetzen
more-overstride_pct_leg = Fuß setzt vor der Hüfte auf, Anteil der Beinlänge
more-knee_flexion_contact_deg = Knie gebeugt beim Aufsetzen
more-shank_angle_contact_deg = Unterschenkel nach hinten geneigt beim Aufsetzen

## A clip that seems to be in slow motion

page-slow_motion_yes = In Zeitlupe gefilmt ({ $times }x): neu analysieren
page-slow_motion_no = Nicht in Zeitlupe: Video löschen
page-slow_motion_waits = Das Video bleibt, bis Sie wählen, und wird gelöscht, wenn Sie etwas anderes beginnen.

## Earlier results

page-kept_here = Sie bleiben auf diesem Computer, bis jemand sie löscht.
page-nothing_to_list = Noch keine Ergebnisse. Analysieren Sie einen Lauf, dann steht er hier.
page-find_runner = Nach Name oder Tag suchen
page-find_name = Name oder Datum
page-delete_whom = Das Ergebnis von { $name } endgültig löschen?
short_day_time_pattern = dd.MM.y, HH:mm
page-not_judged = Nicht zu beurteilen
page-side_and_label = { $side ->
        [left] Links
       *[right] Rechts
    }: { $label }
page-open = Öffnen
page-delete_now = Jetzt löschen
page-keep = Behalten
page-show_all = Alle { $results } anzeigen
page-nobody = Niemand mit diesem Namen, und kein Ergebnis von diesem Tag.

## Customers and visits

title-visit = Besuch
title-customers = Kunden
title-returns = Gekauft und zurückgegeben
title-staff = Wer sich anmeldet
title-log = Wer was getan hat
title-keeping = Was wie lange bleibt
title-calibrate = Kalibrieren
page-whose_visit = Suchen Sie den Kunden mit ein paar Buchstaben des Namens, oder beginnen Sie ohne Namen.
page-find_customer = Kunde
page-find_letters = Ein paar Buchstaben des Namens
page-new_customer = Neuer Kunde: { $name }
page-no_such_name = So heißt noch niemand.
page-no_name = Ohne Namen
page-came = { $visits ->
        [one] ein Besuch, am { $day }
       *[other] { $visits } Besuche, der letzte am { $day }
    }
page-never_came = noch kein Besuch
page-walk_in = Ohne Namen beginnen
page-walk_in_help = Der Besuch wird am Abend gelöscht, wenn Sie ihn nicht behalten.
page-walk_in_goes = Dieser Besuch hat keinen Namen. Er wird am Abend gelöscht, wenn Sie ihn nicht behalten.
page-walk_in_kept = Dieser Besuch hat keinen Namen. Sie behalten ihn.
page-keep_visit = Behalten
page-do_not_keep = Nicht behalten
page-give_name = Einen Namen geben
page-left_open = Noch nicht abgeschlossen
page-visit_begun = Begonnen { $moment }
page-visit_ended = abgeschlossen { $moment }
page-put_into_visit = Einem Besuch zuordnen
page-begin_visit = Besuch beginnen
page-go_on_visit = Besuch fortsetzen
page-agrees = Der Kunde willigt ein
purpose-analyse = Filmen und analysieren
purpose-keep_video = Video aufbewahren
purpose-keep_numbers = Messwerte aufbewahren
purpose-contact = Kontakt aufnehmen
asks-analyse = Dürfen wir Ihren Lauf filmen und messen, um Ihnen bei der Schuhwahl zu helfen?
asks-keep_video = Dürfen wir das Video aufbewahren, damit Sie es beim nächsten Besuch wieder ansehen können?
asks-keep_numbers = Dürfen wir die Messwerte aufbewahren, damit wir sie beim nächsten Besuch vergleichen können?
asks-contact = Dürfen wir Ihnen wegen Ihrer Schuhe schreiben oder Sie anrufen?
page-text_version = Text { $version }
page-shoes_run_in = Gelaufene Schuhe
page-which_shoe = Schuh
page-which_shoe_example = Schuh wählen oder eingeben
page-barefoot = Barfuß
page-no_shoe_said = Ein Schuh ohne Namen
page-record_now = Aufnehmen
page-choose_clips = Videos wählen
page-ask_first = Fragen Sie zuerst, ob der Kunde in das Filmen und Analysieren einwilligt, und haken Sie es an.
page-not_run = Entfernen
page-no_result_yet = Noch nicht gelaufen
page-result_deleted = Das Ergebnis wurde gelöscht
page-comfort = Komfort nach eigener Angabe: 0 ist schlecht, 10 ist sehr gut
page-comfort_is = Komfort { $comfort } von 10
page-label_waits = Die Einstufung wartet auf den Komfort
page-comfort_title = Komfort
page-comfort_why = Die Schuhe werden bewertet, bevor jemand eine Einstufung sieht: Ein Schuh, von dem es heißt, er passe zum Gang, fühlt sich besser an, gleich welcher es ist.
page-comfort_done = 0 bis 100 auf jeder Skala, wie angegeben. Mehr ist bequemer.
page-comfort_how = Geben Sie die Schuhe in dieser Reihenfolge aus und nennen Sie sie bei ihrem Buchstaben. Ein zugelassenes Tablet findet sie unter „Komfort“. Ein Besuch, der vorher abgeschlossen wird, gilt als übersprungen.
page-comfort_here = Auf diesem Bildschirm bewerten
page-comfort_skip = Komfort überspringen
page-comfort_skip_what = Die Einstufungen werden sofort gezeigt. Es wird festgehalten, dass Sie übersprungen haben.
page-comfort_skip_now = Überspringen und Einstufungen zeigen
page-comfort_shoe = Schuh
page-comfort_mean = Mittel
page-comfort_state = { $state ->
        [skipped] übersprungen
       *[waits] noch zu bewerten
    }
page-comfort_setting = Komfort wird bewertet, bevor eine Einstufung zu sehen ist
page-comfort_setting_what = Das gilt für Besuche mit zwei oder mehr Schuhen, vom zweiten Schuh an.
scale-heel = Ferse
scale-stability = Halt
scale-forefoot = Vorfuß
scale-flexibility = Biegsamkeit
page-rate_lead = Wie fühlt sich jeder Schuh an? Es gibt keine falsche Antwort.
page-nothing_to_rate = Es gibt keine Schuhe zu bewerten. Sie erscheinen hier von selbst.
page-rate_shoes = { $count ->
        [one] Schuh { $codes } bewerten
       *[other] Schuhe { $codes } bewerten
    }
page-rate_shoe = Ziehen Sie Schuh { $code } an und laufen Sie ein paar Schritte
page-rate_place = Schuh { $place } von { $count }
page-rate_how = Schieben Sie dann jeden Griff dorthin, wo der Schuh hingehört. Nur was Sie bewegen, zählt.
page-rate_left = { $left ->
        [one] Eine Skala fehlt noch.
       *[other] { $left } Skalen fehlen noch.
    }
page-rate_done = Fertig mit Schuh { $code }
page-rate_not = Ich möchte die Schuhe nicht bewerten
page-rated_all = Danke. Bitte geben Sie das Tablet zurück.
page-rate_others = Andere Schuhe
rate-heel = Dämpfung unter der Ferse
rate_what-heel = Wie angenehm ist es, wenn Ihre Ferse aufsetzt?
rate-stability = Halt
rate_what-stability = Wie angenehm hält der Schuh Ihren Fuß beim Laufen?
rate-forefoot = Dämpfung unter dem Vorfuß
rate_what-forefoot = Wie angenehm ist es unter dem Fußballen?
rate-flexibility = Biegsamkeit des Vorfußes
rate_what-flexibility = Wie angenehm biegt sich der Schuh beim Abdruck?
rate-worst = gar nicht bequem
rate-best = so bequem, wie ich es mir vorstellen kann
page-bought_this = Diesen Schuh gekauft
page-bought = Gekauft
page-note_bought = Kauf vermerken
page-bought_on = gekauft am { $day }
page-returned_on = gekauft am { $bought }, zurückgegeben am { $returned }
page-came_back = Zurückgegeben
page-why_returned = Warum
page-came_back_today = Heute zurückgegeben
page-not_returned = Doch nicht zurückgegeben
page-not_bought = Doch nicht gekauft
page-finish = Besuch abschließen
page-reopen = Diesen Besuch fortsetzen
page-begun_by_mistake = Aus Versehen begonnen: löschen
page-earlier_visits = Frühere Besuche
page-first_visit = Das ist der erste Besuch.
page-to_customer = Zur Kundenseite
page-for_this_visit = Das nächste Video gehört zu diesem Besuch: { $shoe }
page-to_the_visit = Zum Besuch
page-to_visit_of = Zum Besuch: { $name }
page-not_this_visit = Nicht zu diesem Besuch
page-customers_count = { $customers ->
        [one] Ein Kunde.
       *[other] { $customers } Kunden.
    }
page-no_customers = Noch keine Kunden. Beginnen Sie einen Besuch, dann steht der Kunde hier.
page-all_customers = Alle Kunden
page-more_customers = Mehr anzeigen
page-to_customers = Alle Kunden
page-what_is_asked = Was Kunden gefragt werden
page-words_kept = Das sind die eigenen Worte des Ladens. Wer schon eingewilligt hat, für den gelten die Worte von damals.
page-keep_words = Diese Worte verwenden
page-visits = Besuche
page-no_visits = Noch kein Besuch.
page-still_open = nicht abgeschlossen
page-made_by = Ergebnis von gait { $method }
page-agreed_to = Eingewilligt in
page-agreed_to_nothing = Zurzeit gilt keine Einwilligung.
page-agreed_on = am { $day }, Text { $version }
page-withdraw = Widerrufen
page-rename = Name und Kontakt
page-customer_name = Name
page-contact = Telefon oder E-Mail
page-merge = Zwei Einträge derselben Person
page-merge_how = Suchen Sie den anderen Eintrag. Seine Besuche kommen zu { $name }, und er steht nicht mehr in der Liste.
page-merge_whom = { $visits ->
        [0] { $other } hat keine Besuche. { $other } und { $name } werden ein Eintrag. Das lässt sich nicht zurücknehmen.
        [one] Der Besuch von { $other } kommt zu { $name }. Das lässt sich nicht zurücknehmen.
       *[other] Alle { $visits } Besuche von { $other } kommen zu { $name }. Das lässt sich nicht zurücknehmen.
    }
page-merge_now = Es ist dieselbe Person
page-export_all = Alles zum Mitnehmen
page-export_all_what = Eine Zip-Datei mit allem, was der Laden von diesem Kunden hat: Tabellen, Ergebnisse, Videos.
page-export_visit_what = Eine Zip-Datei mit allem, was der Laden von diesem Besuch hat: Tabellen, Ergebnisse, Videos und die Ergebnisse in den Formaten anderer Programme.
page-export_make = Zusammenstellen
page-export_making = Wird zusammengestellt …
page-export_save = Zip-Datei speichern
page-delete_all = Alles über diesen Kunden löschen
page-kept_clip = Aufbewahrtes Video zeigen
page-delete_all_what = Besuche, Ergebnisse und Videos werden endgültig gelöscht. Käufe bleiben als Anzahl ohne Namen.
page-delete_all_whom = Alles über { $name } endgültig löschen? Gelöscht werden { $visits ->
        [one] ein Besuch
       *[other] { $visits } Besuche
    } und { $results ->
        [one] ein Ergebnis
       *[other] { $results } Ergebnisse
    }.
page-deleting = Wird gelöscht …
page-deleted = Alles wurde gelöscht: { $files } Dateien. Beleg { $receipt }. In älteren Sicherungen ist es noch enthalten.
page-save_receipt = Beleg speichern
page-receipt_done = Fertig
page-keeping_what = Videos und Messwerte werden von selbst gelöscht, wenn ihre Zeit um ist. Was aufbewahrt wird, zeigt kein Gesicht.
page-calibrate_what = Drucken Sie das Blatt, filmen Sie es, wo die Fersen sind, und lassen Sie es lesen: Es sagt, wie weit die Winkel dieser Kamera daneben liegen.
page-calibrate_print = Das Blatt zum Drucken
page-calibrate_paper = Papier
paper-a4 = A4
paper-letter = US-Letter
page-calibrate_save = Blatt speichern
page-calibrate_how = Drucken Sie es mit 100 % auf weißes Papier. Die zweite Seite sagt, wie es benutzt wird.
page-calibrate_read = Ein Video davon lesen
page-calibrate_camera = Kamera
page-calibrate_by_clip = wie im Video genannt
page-calibrate_ruler = Gedrucktes Lineal in mm
page-calibrate_unmeasured = nicht gemessen
page-calibrate_anew = Die Kamera wurde mit Absicht bewegt
page-calibrate_clip = Video des Blattes
page-calibrate_go = Lesen
page-calibrate_reading = Das Blatt wird gelesen …
page-calibrate_cameras = Kameras
page-calibrate_none = Noch wurde keine Kamera kalibriert.
page-calibrate_off = bis zu { NUMBER($worst_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° daneben, Drehung { NUMBER($roll_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°
page-calibrate_notes = { $notes ->
        [0] nichts anzumerken
        [one] eine Anmerkung
       *[other] { $notes } Anmerkungen
    }
page-keep_rules = Wie lange
page-change_rules = Dauer ändern
page-keep_rules_now = So festlegen
page-rule_ground = { $ground ->
        [agreed] Der Kunde hat eingewilligt
        [not_agreed] Keine Einwilligung
       *[unknown] Einwilligung unbekannt
    }
page-rule_days = { $kind ->
        [video] Videos
       *[numbers] Ergebnisse und Läufe
    }, Tage nach dem Besuch. { $ground ->
        [agreed] Der Kunde hat eingewilligt
        [not_agreed] Keine Einwilligung
       *[unknown] Unbekannt
    }
page-rule_never = bis jemand sie löscht
page-rule_for = { $days ->
        [-1] bis jemand sie löscht
        [0] bis der Besuch endet
        [one] einen Tag
       *[other] { $days } Tage
    }
page-rule_films = Videos
page-rule_results = Ergebnisse und Läufe
page-rule_at_once = Eine kürzere Zeit gilt auch für das, was schon da ist. Was dann überfällig ist, wird innerhalb von zehn Minuten gelöscht. Ein leeres Feld heißt: bis jemand löscht.
page-rule_evening = Besuche ohne Namen, die niemand behält, werden gelöscht um
page-rule_walk_ins = Besuche ohne Namen, die niemand behält, werden um { $evening } Uhr gelöscht. Was ein Kunde widerruft, wird sofort gelöscht.
page-rule_recordings = { $days ->
        [-1] Eine Aufnahme ohne Besuch bleibt, bis jemand sie analysiert oder löscht.
        [0] Eine Aufnahme ohne Besuch wird nach einer Stunde gelöscht.
        [one] Eine Aufnahme ohne Besuch wird nach einem Tag gelöscht.
       *[other] Eine Aufnahme ohne Besuch wird nach { $days } Tagen gelöscht.
    }
page-rule_loose = { $days ->
        [-1] Ein Ergebnis ohne Besuch bleibt, bis jemand es löscht.
        [0] Ein Ergebnis ohne Besuch wird nach einer Stunde gelöscht.
        [one] Ein Ergebnis ohne Besuch wird nach einem Tag gelöscht.
       *[other] Ein Ergebnis ohne Besuch wird nach { $days } Tagen gelöscht.
    }
page-rule_no_visit_days = { $kind ->
        [recording] Aufnahmen ohne Besuch, Tage nach der Aufnahme
       *[result] Ergebnisse ohne Besuch, Tage nach der Analyse
    }
page-next_deletions = Was als Nächstes gelöscht wird
page-nothing_goes = In den nächsten { $days } Tagen wird nichts gelöscht.
page-goes_on = { $day }
page-goes_overdue = jetzt
page-goes_of = { $kind } von { $name }, Besuch vom { $day }
page-goes_of_nobody = { $kind }, Besuch vom { $day }
page-goes_recording = { $kind } vom { $day }
page-goes_result = { $kind } von { $name }, { $day }
page-goes_more = Und { $more } weitere in den nächsten { $days } Tagen.
page-goes_now = Fälliges jetzt löschen
page-goes_now_running = Fälliges wird gelöscht
page-clock_log = Was von selbst gelöscht wurde
page-clock_never = Das ist noch nie geschehen.
page-clock_did = { $state ->
        [cut_short] Unterbrochen. Der nächste Durchgang macht weiter.
        [fault] Nicht alles ließ sich löschen. Der nächste Durchgang versucht es wieder.
       *[done] Fertig.
    } { $count ->
        [0] Nichts war fällig.
        [one] Eine Löschung.
       *[other] { $count } Löschungen.
    }
page-receipts = Belege
page-no_receipts = Bisher wurde nichts gelöscht.
page-receipt_of = { $target ->
        [customer] Alles über einen Kunden
        [visit] Ein Besuch
        [numbers] Ergebnisse und Läufe eines Besuchs
        [recording] Eine Aufnahme ohne Besuch
        [result] Ein Ergebnis ohne Besuch
       *[video] Videos eines Besuchs
    }, { $files ->
        [one] eine Datei
       *[other] { $files } Dateien
    }
page-receipt_unfinished = läuft noch
page-backup = Sicherung
page-backup_never = Es wurde noch nie gesichert.
page-backup_how = Rufen Sie auf dem Computer des Ladens gait backup DATEI auf.
page-backup_made = Die letzte wurde am { $day } gemacht.
page-backup_old = { $days ->
        [one] Sie sollte nicht älter als ein Tag sein.
       *[other] Sie sollte nicht älter als { $days } Tage sein.
    }
page-returns_what = Wie oft Schuhe zurückkamen, und nach welchem Ergebnis.
page-looking_back = Gekauft in den letzten
page-months = { $months } Monaten
page-nothing_bought = In diesen Monaten wurde kein Kauf vermerkt. Vermerken Sie ihn beim Besuch.
page-by_shoe = Nach Schuh
page-by_category = Nach Kategorie
page-by_label = Nach Einstufung
page-by_month = Nach Monat
page-came_back_of = { $returned } von { $bought } kamen zurück; { $runs ->
        [0] in keinem wurde hier gelaufen
        [one] in einem wurde hier gelaufen
       *[other] in { $runs } wurde hier gelaufen
    }
page-share_likely = { NUMBER($percent, maximumFractionDigits: 0) } %, wahrscheinlich { NUMBER($low, maximumFractionDigits: 0) }–{ NUMBER($high, maximumFractionDigits: 0) } %
page-labels_twice = Nur Schuhe, in denen hier gelaufen wurde. Haben die Füße verschiedene Einstufungen, zählt die Person bei beiden.
page-returns_not_why = Schuhe kommen aus vielen Gründen zurück. Bei weniger als { $few } Paaren sagt ein Anteil wenig.
page-latest_bought = Zuletzt gekauft
month_pattern = MMMM y

## Told to a recording page instead of an answer

export_over = Diese Datei gibt es nicht mehr, oder jemand anderes hat sie angelegt. Legen Sie sie auf der Kundenseite noch einmal an.
visit_over = Dieser Besuch ist vorbei. Laden Sie die Seite neu.
too_large = Zu groß.
not_understood = Das lässt sich nicht verstehen.

### What the command prints ---------------------------------------------------------------------------------------------

mark_line-ok = ok
mark_line-warn = ANSEHEN
mark_line-refuse = ABGELEHNT
mark_line-missing = FEHLT
cli-check_line = { $name }  { $value }
cli-check_line_needed = { $name }  { $value } (nötig: { $limit })
cli-runner_at = Person { $number }, von links gezählt: --runner-at { $place }
cli-not_judged = { $file } kann nicht beurteilt werden. { $why }
cli-stopped = angehalten; es wurde nichts geschrieben.
cli-stopped_drawing = angehalten.
cli-whole = { $why } Das Ergebnis ist vollständig.
cli-whole_but = { $why } Das Ergebnis ist vollständig, es fehlt nur: { $missing }.
cli-list_end = { $most } und { $last }
cli-missing_steps = die Schrittbilder
cli-missing_pdf = das PDF
cli-missing_overlay = das Overlay-Video
cli-openpose_found = { $networks } gefunden in { $folder }.
cli-openpose_ask = Haben Sie die Lizenz von OpenPose gelesen, und halten Sie sie ein? Tippen Sie ja:
cli-openpose_yes = ja
cli-openpose_left = Nichts wurde geändert.
cli-openpose_kept = Vermerkt. Die Tracker openpose, openpose-coco und openpose-mpi verwenden die Netze in diesem Ordner.
cli-tracker_ready = bereit
cli-tracker_lacks = fehlt
cli-tracker_points = { $points } Punkte { $feet ->
        [yes] mit Fersen und Zehen
       *[no] ohne Fersen und Zehen
    }
cli-tracker_got = Das Netz liegt in { $path }.
cli-tracker_measured_on = Gemessen an den ersten 2 Sekunden von { $file }, Punkte gegen die Wahrheit in dessen Pixeln:
cli-tracker_measured = { NUMBER($processor_ms, maximumFractionDigits: 0) } ms Prozessorzeit je Bild; gesehen in { NUMBER($seen, style: "percent") }; Knie { NUMBER($knee, maximumFractionDigits: 0) } px daneben, Knöchel { NUMBER($ankle, maximumFractionDigits: 0) } px (Median); Knöchel vertauscht in { NUMBER($exchanged, style: "percent") }
cli-points_written = Körperpunkte von { $frames } Bildern wurden nach { $out } geschrieben.
cli-export_lacking = { $form } wurde nicht geschrieben. { $why }
export_refused = Das Video konnte nicht beurteilt werden. Es gibt also keine Werte.
export_no_tables = Das Ergebnis hat keine Tabellen.
export_no_trajectories = Das Ergebnis hat keine Bahnen der Punkte.
export_no_angles = Von keiner Ferse wurde ein Winkel gemessen.
export_no_pictures = Das Ergebnis hat kein Standbild.
export_too_long = C3D fasst höchstens { $most } Bilder, und das Video hat { $frames }.
cli-written = Geschrieben:
cli-calibrate_printed = Drucken Sie es mit 100 % auf weißes Papier. Die zweite Seite sagt, wie es benutzt wird.
cli-calibrated = { $camera }, { NUMBER($width, maximumFractionDigits: 0) } x { NUMBER($height, maximumFractionDigits: 0) }, gelesen in { $pictures ->
        [one] einem Bild
       *[other] { $pictures } Bildern
    }:
cli-calibrated_against = Verglichen mit der Kalibrierung vom { $date }.
cli-note = Hinweis: { $finding }
cli-side = { $side ->
        [left] Linker
       *[right] Rechter
    }
cli-foot = { $side } Fuß: { $label } { $angle }, { $steps } Schritte
label_within-neutral = neutral
label_within-over = Überpronation
label_within-under = Unterpronation
label_within-undetermined = nicht bestimmbar
cli-peak_standing = größte Fersenkippung { $deg }° (wahrscheinlich { $low } bis { $high }°) gegenüber Stand
cli-peak_alone = größte Fersenkippung { $deg }° (wahrscheinlich { $low } bis { $high }°), ohne Standvideo
cli-no_peak = größte Fersenkippung nicht gemessen
cli-cadence = Schrittfrequenz: { $spm } Schritte/min
cli-compared = A: { $a }
    B: { $b }
    Eine Änderung ist B minus A.
cli-compared_foot = { $side ->
        [left] Linker Fuß
        [right] Rechter Fuß
       *[both] Beide Füße
    }
cli-compared_line = { $a } { $b }  { $change }  (wahrscheinlich { $low } bis { $high })  { $verdict }
cli-compared_not = { $verdict }. { $why }
cli-compared_many = Viele Zahlen wurden auf einmal beurteilt. Das Verfahren von Holm hält die Wahrscheinlichkeit unter 5 %, dass auch nur eine davon eine echte Änderung heißt, obwohl sich nichts geändert hat: einmal für die größte Kippung beider Füße, einmal für alle übrigen.
cli-seconds_left = , noch { NUMBER($left_s, maximumFractionDigits: 0) } s
cli-example_runner = Beispielläufer
cli-customer = { $id }  { $name }  { $visits ->
        [0] noch kein Besuch
        [one] ein Besuch, { $last }
       *[other] { $visits } Besuche, der letzte { $last }
    }
cli-no_customer = Niemand mit diesem Namen ist bekannt.
cli-walk_in = ohne Namen
cli-no_shoe = Schuh nicht vermerkt
cli-visit = { $id }  { $started }  { $name }{ $state ->
        [open] {" "}(nicht abgeschlossen)
       *[finished] {""}
    }
cli-run = { $position }. { $shoe }: links { $left }, rechts { $right }  ({ $result }, gait { $method })
cli-run_open = { $position }. { $shoe }: kein Ergebnis
cli-run_refused = { $position }. { $shoe }: nicht zu beurteilen  ({ $result }, gait { $method })
cli-consent = { $state ->
        [withdrawn] Widerrufen
       *[given] Eingewilligt
    }: { $purpose ->
        [analyse] den Lauf analysieren
        [keep_video] das Video aufbewahren
        [keep_numbers] die Messwerte aufbewahren
       *[contact] Kontakt aufnehmen
    }, Text { $version }, { $given }
cli-purchase = { $shoe } gekauft am { $bought }{ $back ->
        [yes] , zurückgegeben am { $returned }
       *[no] {""}
    }
cli-records_upgraded = { $case ->
        [made] Neue Ladendaten unter { $place }, Schema { $now }.
        [same] Die Ladendaten unter { $place } haben schon das heutige Schema { $now }.
       *[done] Die Ladendaten unter { $place } gingen von Schema { $before } auf { $now }.
    }
cli-records_fit = Ladendaten und Ergebnisse passen zusammen.
cli-records_advice = gait records rebuild legt fehlende Einträge an und übernimmt berichtigte Zahlen. Was sonst genannt ist, muss ein Mensch entscheiden: Es wurde nichts geändert.
cli-records_aside = Die beschädigte Datenbank wurde beiseitegelegt: { $file }
cli-records_rebuilt = Angelegt: { $customers ->
        [one] ein Kunde
       *[other] { $customers } Kunden
    }, { $visits ->
        [one] ein Besuch
       *[other] { $visits } Besuche
    }, { $runs ->
        [one] ein Lauf
       *[other] { $runs } Läufe
    }. Neu übernommene Zahlen: { $refreshed }.
cli-records_unreadable = Blieb, wie es ist, weil das Ergebnis nicht lesbar ist: { $name }
cli-records_lost = Was in keinem Ergebnisordner steht, ist hiervon nicht bekannt: { $what }. Zwei Personen mit demselben Namen sind ein Eintrag.
cli-computer = { $id }  { $called }{ $case ->
        [here] { " " }(dieser)
        [gone] { " " }(für immer weg)
       *[other] { "" }
    }  zuletzt da { $seen }  { $to_delete ->
        [0] keine Löschung offen
        [one] eine Löschung offen
       *[other] { $to_delete } Löschungen offen
    }, { $alone ->
        [0] nichts liegt nur dort
        [one] ein Ergebnis oder Video liegt nur dort
       *[other] { $alone } Ergebnisse und Videos liegen nur dort
    }{ $waiting ->
        [0] { "" }
        [one] , eine Analyse wartet dort
       *[other] , { $waiting } Analysen warten dort
    }
cli-no_computers = Kein Computer ist bekannt: Das beginnt mit einem Objektspeicher (GAIT_FILES_URL).
cli-computer_closed = { $id } ist für immer weg. Löschungen warten nicht mehr auf ihn{ $alone ->
        [0] { "" }
        [one] ; ein Ergebnis oder Video lag nur dort
       *[other] ; { $alone } Ergebnisse und Videos lagen nur dort
    }{ $waiting ->
        [0] { "" }
        [one] ; eine Analyse, die dort wartete, ist aufgegeben
       *[other] ; { $waiting } Analysen, die dort warteten, sind aufgegeben
    }. Sollte er wiederkommen, löscht er zuerst, was zu löschen war.
cli-computer_receipts = { $left ->
        [0] Kein Beleg ist offen.
        [one] Ein Beleg ist noch offen: Der Objektspeicher oder ein anderer Computer hat eine Kopie.
       *[other] { $left } Belege sind noch offen: Der Objektspeicher oder ein anderer Computer hat Kopien.
    }
trouble-result_without_run = Ergebnis ohne Eintrag:
trouble-run_without_result = Eintrag ohne sein Ergebnis:
trouble-half_result = halbes Ergebnis:
trouble-other_numbers = Eintrag mit anderen Zahlen als sein Ergebnis:
trouble-clip_without_run = Video ohne Eintrag:
trouble-run_without_clip = Eintrag ohne sein Video:
trouble-job_without_clip = wartende Analyse ohne ihr Video:
trouble-clip_without_job = Video, auf das keine Analyse wartet:
trouble-half_record = halber Eintrag:
trouble-not_found_by_name = Kunde, zu dem kein Name führt, oder zwei Einträge für einen:
trouble-broken_database = innerlich beschädigte Datenbank:
trouble-stored_without_run = im Objektspeicher ohne Eintrag:
trouble-not_in_store = nicht mehr im Objektspeicher:
trouble-store_not_compared = Objektspeicher, der sich nicht abgleichen ließ:
lost-contacts = Kontaktdaten
lost-consents = Einwilligungen
lost-purchases = Käufe und Rückgaben
lost-shelf_shoes = welche Schuhe des Sortiments getragen wurden
lost-comfort = Komfort
lost-ratings = wie Schuhe bewertet wurden
lost-kept_clips = aufbewahrte Videos
lost-merged = zusammengeführte Einträge
lost-renamed = neue Namen
lost-notes = Notizen
lost-staff = Konten
lost-settings = Einstellungen
lost-audit = das Protokoll, wer was getan hat
lost-receipts = Belege
export-readme = Das ist alles, was der Laden über eine Person aufbewahrt.
export-readme_visit = Das ist alles, was der Laden von einem Besuch aufbewahrt. Im Ordner exports liegt jedes Ergebnis in den Formaten anderer Programme.
    customer.json enthält alles. Die Tabellen (visits: Besuche, runs: Läufe, comfort: Komfort, agreements: Einwilligungen, purchases: Käufe) enthalten dasselbe für eine Tabellenkalkulation.
    results hat einen Ordner für jeden analysierten Lauf: Zahlen, Bilder, Overlay-Video und PDF. clips enthält die aufbewahrten Videos.
    In jedem Bild und Video ist alles außer den Unterschenkeln übermalt: Kein Gesicht wird aufbewahrt.
    Ein Text in einer Tabelle, der wie eine Formel beginnt, hat ein ' davor, damit kein Programm damit rechnet.
export-not_in_here = Eine Aufnahme dieser Person wartet auf ihre Analyse. Sie ist nicht in dieser Datei, weil darin Gesichter zu sehen sind.
    Sie wird gelöscht, sobald sie analysiert ist, und mit allem anderen, was über diese Person gelöscht wird.
cli-delete_asks = Damit wird alles über diesen Kunden endgültig gelöscht: { $visits } Besuche, { $results } Ergebnisse, { $clips } Videos. Bestätigen Sie mit --yes.
cli-deleted = Gelöscht. Beleg { $id }: { $files } Dateien, { $visits } Besuche, { $runs } Läufe, { $agreements } Einwilligungen. Käufe bleiben als Anzahl ohne Namen.
cli-deleted_backups = In älteren Sicherungen ist es noch enthalten.
cli-exported = Alles über diesen Kunden steht in { $file }
cli-exported_visit = Alles von diesem Besuch steht in { $file }
cli-rule = { $kind ->
        [recording] Aufnahmen ohne Besuch
        [result] Ergebnisse ohne Besuch
        [video] Videos
       *[numbers] Ergebnisse und Läufe
    }, { $ground ->
        [agreed] mit Einwilligung:
        [not_agreed] ohne Einwilligung:
       *[unknown] Einwilligung unbekannt:
    } { $days ->
        [-1] bis jemand sie löscht
        [0] { $kind ->
            [recording] eine Stunde
            [result] eine Stunde
           *[other] bis der Besuch endet
        }
        [one] { $kind ->
            [recording] einen Tag
            [result] einen Tag
           *[other] bis einen Tag nach dem Besuch
        }
       *[other] { $kind ->
            [recording] { $days } Tage
            [result] { $days } Tage
           *[other] bis { $days } Tage nach dem Besuch
        }
    }
cli-rule_evening = Besuche ohne Namen, die niemand behält, werden um { $evening } Uhr gelöscht. Was widerrufen wird, wird sofort gelöscht.
cli-nothing_due = Nichts ist fällig.
cli-due = { $due }  { $kind }  { $kind_code ->
        [recording] { $visit }
        [result] { $visit }
       *[other] Besuch { $visit }
    }  ({ $why })
cli-retention_run = { $started }  { $state ->
        [cut_short] unterbrochen: der nächste Durchgang macht weiter
        [fault] nicht alles ließ sich löschen: der nächste Durchgang versucht es wieder
       *[done] fertig
    }, gelöscht: { $count }
due_kind-walk_in = Besuch ohne Namen
due_kind-numbers = Ergebnisse und Läufe
due_kind-video = Videos
due_kind-recording = Aufnahme
due_kind-result = Ergebnis
due_why-result_of_no_visit = gehört zu keinem Besuch
due_why-no_visit = gehört zu keinem Besuch, und niemand hat sie analysiert
due_why-walk_in = niemand behält ihn
due_why-rule = die Zeit ist um
due_why-no_consent = niemand hat in das Aufbewahren eingewilligt
due_why-unknown_consent = unbekannt, ob jemand eingewilligt hat
due_why-withdrawn = die Einwilligung wurde widerrufen
cli-backup = { $case ->
        [made] Alles ist in { $file }
       *[restored] Die Sicherung vom { $made } ist wiederhergestellt
    }: { $results } Ergebnisse, { $clips } Videos, { $rows } Einträge, { NUMBER($mb, maximumFractionDigits: 0) } MB. Jede Prüfsumme wurde verglichen.
cli-backup_store = { $case ->
        [made] Nicht in dieser Datei:
       *[restored] Nicht in jener Datei:
    } { $things ->
        [one] ein Ergebnis oder Video, das
       *[other] { $things } Ergebnisse und Videos, die
    } nur der Objektspeicher hat. Sichern Sie auch den Objektspeicher.
cli-staff = { $username }  { $role ->
        [manager] Leitung
       *[staff] Team
    }  { $name }{ $state ->
        [disabled] { "" }  (geschlossen am { $day })
       *[in] { "" }
    }
cli-no_staff = Noch niemand hat ein Konto: gait staff add NAME --role manager legt das erste an.
cli-choose_password = Wählen Sie ein Passwort:
cli-password_again = Noch einmal:
cli-first_manager = Andere im Netzwerk können gait erreichen, darum melden sich alle an. Legen Sie das erste Konto an, das der Leitung.
cli-first_name = Name:

### What `gait doctor` found -----------------------------------------------------------------------------------------

doctor_not_installed = nicht installiert
doctor_install_again = Rufen Sie im Quellordner `make setup` auf; sonst installieren Sie gait neu.
doctor_opencv = OpenCV lädt
doctor_install_libgl = Installieren Sie unter Linux libGL (Debian und Ubuntu: apt install libgl1 libglib2.0-0), oder nehmen Sie `make setup`; das nimmt die Fassung, die es nicht braucht.
doctor_model = Posenmodell
doctor_camera = Kamera
doctor_calibration = Kameras kalibriert
doctor_calibrated = { $cameras ->
        [one] eine Kamera
       *[other] { $cameras } Kameras
    }, am längsten her: { $camera }, { $when }
doctor_calibrate = Tippen Sie gait calibrate --print FILE.pdf, filmen Sie das Blatt, und lassen Sie gait calibrate das Video lesen.
doctor_calibrate_again = Filmen Sie das Kalibrierblatt noch einmal mit { $camera }, und lassen Sie gait calibrate das Video lesen.
doctor_no_camera = keine gefunden
doctor_phone_will_do = Mit Videos vom Telefon geht es auch ohne.
doctor_not_looked_for = auf { $system } nicht gesucht
doctor_encoder = Videokodierer
doctor_encoders = { $first }; auf diesem Computer: { $here }
doctor_records = Ladendaten
doctor_staff = Konten
doctor_staff_found = { $managers ->
        [one] einmal Leitung
       *[other] { $managers }-mal Leitung
    }, { $staff }-mal Team
doctor_staff_none = keine: nur nötig, wo andere im Netzwerk gait erreichen
doctor_first_manager = Rufen Sie gait staff add NAME --role manager auf: Sonst kann niemand die anderen verwalten.
doctor_retention = automatische Löschung
doctor_ran = gelaufen { $when }
doctor_never = noch nie
doctor_run_retention = Starten Sie gait, oder rufen Sie gait retention run auf: Es sagt, was sich nicht löschen ließ.
doctor_jobs = Analysen
doctor_waiting = { $waiting ->
        [0] keine wartet
        [one] eine wartet oder läuft
       *[other] { $waiting } warten oder laufen
    }
doctor_stuck = { $stuck ->
        [one] eine kommt seit { $when } nicht weiter
       *[other] { $stuck } kommen nicht weiter, die erste seit { $when }
    }
doctor_take_up = Starten Sie gait, oder schließen und starten Sie es neu: Es beginnt die Analyse von vorn.
doctor_backup = Sicherung
doctor_backed_up = gemacht { $when }
doctor_back_up = Rufen Sie gait backup DATEI mindestens alle { $days } Tage auf.
page-kept_elsewhere = im Objektspeicher, wird beim Öffnen geholt
doctor_files = Objektspeicher
doctor_files_wait = { $to_put ->
        [0] nichts muss noch abgelegt werden
        [one] ein Ergebnis oder Video muss noch abgelegt werden
       *[other] { $to_put } Ergebnisse und Videos müssen noch abgelegt werden
    }, { $to_delete ->
        [0] nichts gelöscht
        [one] eine Kopie gelöscht
       *[other] { $to_delete } Kopien gelöscht
    }
doctor_files_there = { $place }: { $behind }
doctor_files_wrong = { $what } Bis dahin: { $behind }.
doctor_files_by_itself = Starten Sie gait auf jedem Computer des Ladens: Es geht dann von selbst.
doctor_computer = Computer { $called } ({ $id })
doctor_unseen = zuletzt da { $when }, { $to_delete ->
        [0] keine Löschung wartet auf ihn
        [one] eine Löschung wartet auf ihn
       *[other] { $to_delete } Löschungen warten auf ihn
    }
doctor_gone = Starten Sie gait dort. Ist der Computer für immer weg: gait records computers --gone { $id }
doctor_results = Ergebnisordner { $folder }
doctor_another_folder = Nennen Sie einen Ordner, in den Sie schreiben dürfen: --reports ORDNER, oder die Umgebungsvariable GAIT_REPORTS_DIR.
doctor_writable = beschreibbar, { NUMBER($free_gb, maximumFractionDigits: 0) } GB frei
doctor_free_space = Schaffen Sie Platz: Ein Lauf braucht während der Analyse bis zu 1 GB.

### Reasons, notes and remarks -----------------------------------------------------------------------------------------

as_written = { $text }

## What the measurement of a foot says

no_whole_step = Von diesem Fuß war kein ganzer Schritt zu sehen.
standing_shows_no_leg = Das Standvideo zeigt dieses Bein nicht.
standing_moves_about = Die Person bewegt sich im Standvideo: Filmen Sie zwei Sekunden ruhiges Stehen.
standing_shows_no_foot = Das Standvideo zeigt diesen Fuß nicht.
standing_unlike_itself = Die Bilder der Ferse im Stand passen nicht zueinander: Stand die Person still?
heel_not_recognised = Beim Lauf war die Ferse nicht so wiederzufinden, wie sie im Stand aussah: Vielleicht verdeckt sie das andere Bein, oder es liegt am Licht.
mid_stance_too_few = Zu wenige Bilder dieses Fußes in der Mitte der Standphase.
part_hidden = Ein Teil jedes Schritts war nicht abzulesen: Dort verdeckt das andere Bein oder die Drehung des Schuhs die Ferse.
heel_seldom_read = Die Ferse war nur auf { NUMBER($share, style: "percent") } der Bilder der Schritte dieses Fußes abzulesen.
unlike_standing = Beim Lauf sieht diese Ferse anders aus als im Stand. Ihre Kippung ist darum unsicherer.
heel_parts_disagree = Teile dieser Ferse drehen sich verschieden weit. Ihre Kippung ist darum unsicherer: Ist die Fersenkappe im Stand und beim Lauf zu sehen?
calf_unlike_standing = Beim Lauf liegen die Ränder der Wade anders als im Stand: Ist die Wand dahinter so dunkel wie das Bein?
plain_heel = Die Rückseite dieses Schuhs ist einfarbig und schwer abzulesen: Klebepunkte würden helfen.
heel_not_filmed = Die Ferse wurde nicht von hinten gefilmt oder war nicht zu sehen.
heel_in_too_few_steps = Die Ferse war in zu wenigen Schritten abzulesen.
late_tilt = Die Ferse kippt offenbar spät im Schritt noch weiter, wenn sie schon abhebt: Das ist schwer zu sehen und macht die größte Kippung unsicherer.
no_touchdown = Beim Erstkontakt war die Ferse nicht abzulesen. Darum gibt es keinen Winkel beim Aufsetzen und keine Kippung ab dem Aufsetzen.
no_zero = Ohne Standvideo hat die größte Kippung keinen Nullpunkt; angegeben ist nur die Kippung ab dem Aufsetzen.

## A foot's label

foot_not_measured = Dieser Fuß war im Bild nicht messbar.
key_points_only = Es waren nur die Körperpunkte des Trackers verfügbar. Sie messen nicht, wie die Ferse kippt.
no_peak = Eine größte Kippung war nicht messbar.
excursion_only = Ohne Standvideo ist nur die Kippung ab dem Aufsetzen bekannt. Sie sagt wenig über die Kippung gegenüber dem Stand.
no_speed = Keine Geschwindigkeit angegeben: beurteilt über { NUMBER($slowest_kmh, maximumFractionDigits: 0) }–{ NUMBER($fastest_kmh, maximumFractionDigits: 0) } km/h.
few_steps = Nur { $steps } saubere Schritte; nötig sind { $needed }.
crosses_a_limit = Der wahrscheinliche Bereich reicht über eine Grenze. Beide Einstufungen sind möglich.
above_the_band = { NUMBER($value_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° liegt über { NUMBER($over_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°. Dort endet der mittlere Bereich der Läufer bei { NUMBER($speed_kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h.
below_the_band = { NUMBER($value_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° liegt unter { NUMBER($under_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°. Dort beginnt der mittlere Bereich der Läufer bei { NUMBER($speed_kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h.
within_the_band = { NUMBER($value_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° liegt innerhalb von { NUMBER($under_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }–{ NUMBER($over_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°, dem mittleren Bereich der Läufer bei { NUMBER($speed_kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h.

error-bad_limits = Die Tabelle der Grenzen ist nicht verwendbar: { $complaints }.
    .advice = Berichtigen Sie die CSV-Datei.
error-bad_limits-unreadable = Die Tabelle der Grenzen { $path } ist nicht lesbar.
    .advice = Nennen Sie eine CSV-Datei.
limits_no_numbers = Zeile { $line } braucht Zahlen für speed_kmh, under_deg und over_deg
limits_under_not_below = Zeile { $line }: under_deg muss kleiner sein als over_deg
limits_no_row = es gibt keine Zeile
limits_one_band = der Rest dieser Tabelle wurde nicht gespeichert, darum gilt dieser Bereich für jede Geschwindigkeit

## Shoes to try first

shoes_note = Das sind Schuhe, die Sie zuerst anprobieren. Der Komfort beim Laufen entscheidet.
unnamed_camera = Kamera ohne Namen
calibrated_wedge = Gedruckte Ferse { NUMBER($printed_deg, maximumFractionDigits: 0) }°: gelesen { NUMBER($read_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° (wahrscheinlich { NUMBER($low_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) } bis { NUMBER($high_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°), Abweichung { NUMBER($off_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°.
calibrated_mean = Alle Fersen zusammen: Abweichung { NUMBER($off_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° (wahrscheinlich { NUMBER($low_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) } bis { NUMBER($high_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°).
calibrated_roll = Drehung: Das Blatt neigt sich im Bild um { NUMBER($roll_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° nach { $way ->
        [left] links
       *[right] rechts
    }, auf { NUMBER($within_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° genau.
calibrated_scale = Maßstab: Ein Pixel misst { NUMBER($mm_per_px, minimumFractionDigits: 2, maximumFractionDigits: 2) } mm, wo das Blatt steht.
calibrated_lens = Objektiv: k1 ist { NUMBER($k1, minimumFractionDigits: 2, maximumFractionDigits: 2) } (wahrscheinlich { NUMBER($low, minimumFractionDigits: 2, maximumFractionDigits: 2) } bis { NUMBER($high, minimumFractionDigits: 2, maximumFractionDigits: 2) }).
calibrated_no_lens = Objektiv: Das Blatt füllt zu wenig vom Bild, um etwas zu sagen.
calibrated_light = Licht: Das Papier hat { NUMBER($paper, maximumFractionDigits: 0) } von 255, seine dunkelste Stelle { NUMBER($share, style: "percent") } der hellsten.
calibrate_knocked = Die Kamera ist gegenüber ihrer Einrichtung um { NUMBER($turned_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° gedreht: Vielleicht wurde sie angestoßen. Richten Sie sie, oder kalibrieren Sie von vorn, wenn sie mit Absicht bewegt wurde.
calibrate_moved = Das Blatt ist im Bild um { NUMBER($share, style: "percent") } { $way ->
        [nearer] größer
       *[farther] kleiner
    } als bei der Einrichtung der Kamera: Kamera oder Zoom wurden verstellt, oder das Blatt steht anderswo.
calibrate_off = Eine gedruckte Ferse von { NUMBER($printed_deg, maximumFractionDigits: 0) }° wird um { NUMBER($off_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° falsch gelesen; davon kommen { NUMBER($of_place_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° vom Ort der Kamera. Filmen Sie gerade von hinten, in der Höhe der Fersen.
calibrate_rolled = Die Kamera steht nicht gerade: { NUMBER($roll_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°. Ferse und Unterschenkel drehen sich gleich, ihr Winkel bleibt also; richten Sie sie trotzdem.
calibrate_lens = Das Objektiv biegt gerade Linien (k1 { NUMBER($k1, minimumFractionDigits: 2, maximumFractionDigits: 2) }). Nehmen Sie das normale Objektiv der Kamera, nicht das Weitwinkel.
calibrate_not_measured = Niemand hat gesagt, wie lang das gedruckte Lineal ist; der Maßstab gilt für einen Druck in wahrer Größe. Messen Sie es nach und geben Sie es an.
calibrate_print = Das Blatt wurde mit { NUMBER($share, style: "percent") } gedruckt. Der Maßstab berücksichtigt das, und Winkel ändern sich dadurch nicht. Drucken Sie beim nächsten Mal mit 100 %.
calibrate_dark = Das Blatt ist dunkel: Bringen Sie mehr Licht dorthin, wo die Fersen sind.
calibrate_burnt = Das Papier ist überbelichtet: Belichten Sie weniger, sonst sind es auch helle Schuhe.
calibrate_uneven = Das Licht ist ungleich: Die dunkelste Stelle hat { NUMBER($share, style: "percent") } der hellsten. Beleuchten Sie beide Fersen gleich.
calibrate_photo = Gelesen wurde ein Foto. Kameras beschneiden und schärfen Fotos anders als Videos: Kalibrieren Sie mit einem Video.
advice_more_comfortable = { $felt ->
        [clear] Deutlich am bequemsten: mit { NUMBER($by_mm, maximumFractionDigits: 0) } von 100 mehr bewertet als { $than }.
       *[small] Etwas bequemer als die anderen: mit { NUMBER($by_mm, maximumFractionDigits: 0) } von 100 mehr bewertet als { $than }. Das ist mehr als Zufall, zählt aber vielleicht nicht.
    }
advice_less_comfortable = { $felt ->
        [clear] Deutlich weniger bequem als { $than }: mit { NUMBER($by_mm, maximumFractionDigits: 0) } von 100 weniger bewertet.
       *[small] Etwas weniger bequem als { $than }: mit { NUMBER($by_mm, maximumFractionDigits: 0) } von 100 weniger bewertet. Das ist mehr als Zufall, zählt aber vielleicht nicht.
    }
advice_alike = Er fühlt sich an wie { $than }, soweit sich das sagen lässt ({ NUMBER($by_mm, maximumFractionDigits: 0) } von 100 auseinander, übliche Schwankung), und steht { $where ->
        [first] davor,
       *[after] dahinter,
    } { $reason ->
        [stock] weil zählt, was in dieser Größe vorrätig ist.
        [label] wegen der Einstufung, deren Änderung echt ist.
       *[order] nur wegen der Reihenfolge, in der gelaufen wurde.
    }
advice_rated_alone = Der einzige Schuh, der bewertet wurde: { NUMBER($comfort_mm, maximumFractionDigits: 0) } von 100.
advice_unrated = Er wurde nicht bewertet, also spricht nichts dafür, ihn vor die anderen zu stellen.
advice_unrated_of = Er wurde nicht bewertet; er steht { $where ->
        [first] vor { $than },
       *[after] hinter { $than },
    } { $reason ->
        [stock] weil zählt, was in dieser Größe vorrätig ist.
        [label] wegen der Einstufung, deren Änderung echt ist.
       *[order] nur wegen der Reihenfolge, in der gelaufen wurde.
    }
advice_not_rated = Der Komfort wurde nicht bewertet, und er sollte entscheiden: Lassen Sie in jedem Schuh laufen und sagen, welcher sich am besten anfühlt.
advice_own_best = Der eigene Schuh fühlte sich von diesen am besten an. Keiner hier ist bequemer.
shoes_evidence = Wie gut belegt ist, Schuhe nach dem Fuß auszusuchen: wenig. Eine Cochrane-Übersicht (Relph 2022) fand: Schuhe nach der Fußhaltung zu wählen, macht bei Verletzungen wahrscheinlich wenig oder keinen Unterschied; für Stabil- und Motion-Control-Schuhe gegenüber Neutralschuhen ist es ungewiss. Die Einstufung legt also nur die Reihenfolge beim Anprobieren fest.
feet_differ = Ihre Füße unterscheiden sich: links { $left ->
        [neutral] neutral
        [over] Überpronation
       *[under] Unterpronation
    }, rechts { $right ->
        [neutral] neutral
        [over] Überpronation
       *[under] Unterpronation
    }.
feet_differ_lead = Ihre Füße unterscheiden sich: links { $left ->
        [neutral] neutral
        [over] Überpronation
       *[under] Unterpronation
    }, rechts { $right ->
        [neutral] neutral
        [over] Überpronation
       *[under] Unterpronation
    }. Der { $lead ->
        [left] linke
       *[right] rechte
    } Fuß kippt weiter nach innen und bestimmt die Reihenfolge.
foot_unjudged = Der { $side ->
        [left] linke
       *[right] rechte
    } Fuß war nicht zu beurteilen, darum steht ein Neutralschuh vorn.
neither_judged = Kein Fuß war zu beurteilen. Diese drei unterscheiden sich einfach voneinander: Der Komfort entscheidet.
why_to_compare = Ein Neutralschuh ohne Stütze, zum Vergleich: Wenn er sich beim Laufen am besten anfühlt, nehmen Sie ihn.
why_to_begin = Ein ausgewogener Neutralschuh für den Anfang.
why_neutral_other_feel = Auch neutral, mit anderem Laufgefühl.
why_firmer_to_feel = Eine festere Innenseite, um den Unterschied zu spüren.
why_firmer = Eine festere Innenseite führt eine Ferse, die nach innen kippt; Ihre kippen weiter als die meisten.
why_firmer_one = Eine festere Innenseite führt eine Ferse, die nach innen kippt; Ihre { $side ->
        [left] linke
       *[right] rechte
    } um etwa { NUMBER($peak_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°.
why_firmer_both = Eine festere Innenseite führt eine Ferse, die nach innen kippt; Ihre linke um etwa { NUMBER($left_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° und Ihre rechte um etwa { NUMBER($right_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°.
why_same_other_feel = Dieselbe Idee mit anderem Laufgefühl.
why_store = Unsere eigene Wahl für Füße wie Ihre, zuerst zu probieren.
why_most = Die stärkste Führung im Sortiment; Ihre Fersen kippen viel weiter als die meisten.
why_most_one = Die stärkste Führung im Sortiment; Ihre { $side ->
        [left] linke
       *[right] rechte
    } Ferse kippt um etwa { NUMBER($peak_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°, viel weiter als die meisten.
why_most_both = Die stärkste Führung im Sortiment; Ihre linke Ferse kippt um etwa { NUMBER($left_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }° und Ihre rechte um etwa { NUMBER($right_deg, minimumFractionDigits: 1, maximumFractionDigits: 1) }°, viel weiter als die meisten.
why_cushioned = Gedämpft und neutral: Nichts an der Innenseite drückt gegen Ihre { $side ->
        [left] linke
       *[right] rechte
    } Ferse, die wenig nach innen kippt.
why_cushioned_both = Gedämpft und neutral: Nichts an der Innenseite drückt gegen Fersen, die wenig nach innen kippen.
why_cushioned_end = Auch neutral, von den gut gedämpften im Sortiment.
why_less_cushioned = Ein Neutralschuh mit weniger Dämpfung, zum Vergleich.
why_neutral = Neutral, denn Ihre { $side ->
        [left] linke
       *[right] rechte
    } Ferse bewegt sich im mittleren Bereich der Läufer.
why_neutral_both = Neutral, denn beide Fersen bewegen sich im mittleren Bereich der Läufer.
why_third = Auch neutral, damit Sie drei zum Vergleichen haben.
why_nearest = Vorrätig am nächsten an einem { $category ->
        [neutral] Neutralschuh
        [stability] Stabilschuh
       *[motion-control] Motion-Control-Schuh
    }.
why_build = { $cushioning ->
        [soft] Weiche
        [medium] Mittlere
       *[firm] Feste
    } Dämpfung, { $drop_mm } mm Sprengung.
why_not_firm = Manche spüren die festere Innenseite und mögen sie nicht.
why_not_other_foot = Ihre { $side ->
        [left] linke
       *[right] rechte
    } Ferse kippt nicht weiter als die meisten; die feste Seite ist für die andere da.
why_not_stiff = Meist die steifste Art. In einer kleinen Studie (Ryan 2011, 81 Läuferinnen) gab es damit mehr Schmerzen.
why_not_unguided = Er lässt Ihre Ferse kippen wie jetzt. Vielleicht fühlt sich genau das am besten an.
none_of_category = Kein { $category ->
        [neutral] Neutralschuh
        [stability] Stabilschuh
       *[motion-control] Motion-Control-Schuh
    } ist vorrätig.
none_of_category_in_size = Kein { $category ->
        [neutral] Neutralschuh
        [stability] Stabilschuh
       *[motion-control] Motion-Control-Schuh
    } ist in Größe { $size } vorrätig.
none_in_stock = Kein Schuh aus dem Sortiment ist vorrätig.
none_in_stock_in_size = Kein Schuh aus dem Sortiment ist in Größe { $size } vorrätig.
few_in_stock = Nur { $shoes ->
        [one] ein passender Schuh ist
       *[other] { $shoes } passende Schuhe sind
    } vorrätig.
few_in_stock_in_size = Nur { $shoes ->
        [one] ein passender Schuh ist
       *[other] { $shoes } passende Schuhe sind
    } in Größe { $size } vorrätig.
unknown_code = Diese Version von gait hat keine Worte für „{ $code }“.
shoes_as_before = Diese Schuhe wurden vor der Berichtigung gewählt: Was damals im Sortiment war, ist nicht mehr bekannt.

error-bad_shelf_file = Diese Datei ist keine Tabelle mit Schuhen.
    .advice = Wählen Sie eine CSV- oder Excel-Datei, in deren erster Zeile die Namen der Spalten stehen.
error-bad_shelf_file-large = Diese Datei ist größer als { $most } MB.
    .advice = Wählen Sie eine Tabelle, die nur Schuhe enthält.
error-bad_shelf_file-rows = Diese Tabelle hat mehr als { $most } Zeilen.
    .advice = Wählen Sie eine Tabelle, die nur Schuhe enthält.
error-no_such_shoe = Im Sortiment gibt es keinen Schuh { $sku }.
    .advice = Vielleicht hat ihn jemand entfernt. Öffnen Sie die Seite noch einmal.
error-bad_shelf = Das Sortiment ist nicht verwendbar: { $complaints }.
    .advice = Berichtigen Sie diese Zeilen.
error-bad_shelf-unreadable = Das Sortiment { $path } ist nicht lesbar.
    .advice = Speichern Sie es als CSV-Datei in UTF-8 und wählen Sie es noch einmal.
error-bad_shelf-columns = Dem Sortiment fehlt die Spalte { $missing }.
    .advice = Es braucht die Spalten { $columns }.
error-rules_changed_since = Jemand anderes hat die Regeln geändert, seit diese Seite geöffnet wurde.
    .advice = Öffnen Sie sie neu und ändern Sie, was jetzt gilt.
error-bad_rules = Die Regeln für Schuhvorschläge lassen sich nicht verwenden: { $complaints }.
    .advice = Bringen Sie das in Ordnung. Bis dahin bleiben die Regeln, wie sie sind.
error-bad_rules-unreadable = Die Regeln { $path } lassen sich nicht lesen.
    .advice = Speichern Sie sie als CSV-Datei in UTF-8 und wählen Sie sie noch einmal.
error-bad_rules-columns = Den Regeln fehlt die Spalte { $missing }.
    .advice = Ihre Spalten müssen { $columns } sein.
shelf_twice = Zeile { $line }: sku { $sku } gibt es zweimal
shelf_no_shoe = es gibt keinen Schuh
shelf_empty = Zeile { $line }: { $column } ist leer
shelf_category = Zeile { $line }: category muss eines davon sein: { $allowed }. Dort steht '{ $got }'
shelf_cushioning = Zeile { $line }: cushioning muss eines davon sein: { $allowed }. Dort steht '{ $got }'
shelf_number = Zeile { $line }: { $column } muss eine Zahl von 0 bis { $most } sein. Dort steht '{ $got }'
shelf_sizes = Zeile { $line }: sizes müssen Zahlen sein wie 40;41;42.5 oder 38-46. Dort steht '{ $got }'
shelf_currency = Zeile { $line }: currency muss aus drei Buchstaben bestehen wie EUR, oder ein Zeichen sein. Dort steht '{ $got }'
shelf_yes_no = Zeile { $line }: { $column } muss yes oder no sein. Dort steht '{ $got }'
shelf_stock = Zeile { $line }: stock muss Paare je Größe nennen, zum Beispiel 42=2; 42 weit=1. Dort steht '{ $got }'

## A step's note in strides.csv

note-not_measured = nicht gemessen
note-heel_not_readable = Ferse nicht ablesbar
note-no_frame_near_peak = kein lesbares Bild nahe der größten Kippung
note-rejected_by_hand = von Hand weggelassen

### Two runs compared ----------------------------------------------------------------------------------------------------

amount-peak_eversion_deg = { $value }°
amount-touchdown_deg = { $value }°
amount-eversion_excursion_deg = { $value }°
amount-time_to_peak_pct = { $value } %
amount-contact_time_s = { $value } ms
amount-flight_time_s = { $value } ms
amount-cadence_spm = { $value } Schritte/min
amount-step_width_pct_leg = { $value } % der Beinlänge
verdict-real = echte Änderung
verdict-noise = übliche Schwankung
verdict-cannot_tell = nicht bestimmbar

## Why

change_real = Der Unterschied ist größer als der, den dieselbe Person im selben Schuh von Lauf zu Lauf zeigt.
change_none = Beide Läufe zeigen dasselbe.
change_within_error = Der Unterschied ist nicht größer als der Messfehler.
change_within_runs = So viel unterscheidet sich dieselbe Person im selben Schuh auch von Lauf zu Lauf.
change_by_chance = Bei so vielen Zahlen weicht eine schon zufällig so weit ab.
change_not_measured = { $run ->
        [a] Der erste Lauf zeigt es nicht.
        [b] Der zweite Lauf zeigt es nicht.
       *[both] Keiner der Läufe zeigt es.
    } { $why }
change_too_uncertain = Diese Messwerte sind zu unsicher: Selbst eine große Änderung fiele nicht auf.
figure_not_measured = Es war nicht messbar.

no_film_of = { $run ->
        [a] Das Overlay-Video des ersten Laufs ist nicht da
        [b] Das Overlay-Video des zweiten Laufs ist nicht da
       *[both] Die Overlay-Videos beider Läufe sind nicht da
    }, darum wurde keines mit beiden nebeneinander gemacht.
no_common_steps = Die beiden Läufe haben keine Schritte, die sich nebeneinander zeigen lassen.

## What was not the same

apart_runner = Dem Namen nach sind es zwei Personen: { $a } und { $b }.
apart_view = Die beiden Läufe wurden von verschiedenen Seiten gefilmt.
apart_standing = Jeder Lauf hat sein eigenes Standvideo. Die Fehler beider stecken im Unterschied.
apart_standing_shoe = Beide Läufe beziehen sich auf dasselbe Standvideo, aber die Schuhe sind nicht dieselben. Die Fehler beider Messungen stecken im Unterschied.
apart_standing_missing = Nur einer der beiden Läufe hat ein Standvideo.
apart_speed = Das Laufband lief mit { NUMBER($a_kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } und { NUMBER($b_kmh, minimumFractionDigits: 1, maximumFractionDigits: 1) } km/h. Schon die Geschwindigkeit ändert diese Zahlen.
apart_speed_unknown = Die Laufbandgeschwindigkeit ist nicht für beide Läufe bekannt. Schon die Geschwindigkeit ändert diese Zahlen.
apart_camera = Die Kamera stand offenbar an anderer Stelle oder war anders gezoomt. Das kann die Winkel ändern.
apart_rate = Die Videos haben { NUMBER($a_hz, maximumFractionDigits: 0) } und { NUMBER($b_hz, maximumFractionDigits: 0) } Bilder pro Sekunde. Davon hängt ab, wie fein Bodenkontakte zu sehen sind.
apart_version = Die Ergebnisse stammen von verschiedenen gait-Versionen, { $a } und { $b }. Analysieren Sie das ältere Video neu, wenn es noch da ist.
apart_tracker = Die Ergebnisse wurden mit verschiedenen Trackern oder Netzen gemacht.
apart_reading = Die { $side ->
        [left] linke
       *[right] rechte
    } Ferse wurde auf zwei verschiedene Arten abgelesen, etwa an Klebepunkten und am Schuh.

## Its page

page-compare_lead = Zwei Läufe, und worin sie sich mehr unterscheiden als dieselbe Person im selben Schuh von Lauf zu Lauf.
page-compare_too_few = Noch gibt es nichts zu vergleichen: Dazu braucht es zwei fertige Ergebnisse.
page-compare_with = Mit einem anderen Lauf vergleichen
page-compare_these = Ersten und letzten Schuh vergleichen
page-compare_first = Erster Lauf (A)
page-compare_second = Zweiter Lauf (B)
page-compare_change = Von A zu B änderte sich die größte Kippung um { $change } (wahrscheinlich { $low } bis { $high }).
page-compare_smallest = Erst eine Änderung von { $smallest } oder mehr hieße echt.
page-compare_apart = Nicht gleich in beiden Läufen
page-compare_curves = Beide Läufe übereinander, jeder mit dem Bereich seiner Schritte.
page-compare_legend = A, gestrichelt: { $a }. B, durchgezogen: { $b }.
page-compare_figures = Alle Zahlen
page-compare_a = A
page-compare_b = B
page-compare_change_head = Änderung von A zu B
page-compare_verdict = Urteil
page-compare_both = Beide Füße
page-compare_likely = wahrscheinlich { $low } bis { $high }
page-compare_film = Nebeneinander
page-compare_film_how = Beide Läufe im selben Moment jedes Schritts: Der Fuß setzt zugleich auf, steht und hebt ab.
page-compare_make_film = Beide Läufe nebeneinander zeigen
page-compare_film_made = Die beiden Videos werden zusammengesetzt …

## Das Sortiment

title-shelf = Sortiment
page-shelf_what = Die Schuhe Ihres Ladens. Drei der vorrätigen werden nach einem Lauf vorgeschlagen.
page-shelf_file = Es liegt in { $file }, einer Tabelle, die jede Tabellenkalkulation öffnet.
page-shelf_archived = Auch { $count } archivierte zeigen
page-shelf_is_kept = { $count ->
        [one] Gespeichert: ein Schuh.
       *[other] Gespeichert: { $count } Schuhe.
    }
page-shelf_how = Klicken Sie in eine Zelle, um sie zu ändern, unter die letzte Zeile für einen neuen Schuh. Vor dem Speichern gilt nichts davon.
page-shelf_keep = Sortiment speichern
page-shelf_import = Tabelle übernehmen
page-shelf_import_what = CSV oder Excel, ein Schuh je Zeile, in der ersten stehen die Namen der Spalten. Es wird nichts geändert, bevor Sie gesehen haben, was darin steht.
page-shelf_choose = Tabelle mit Schuhen
page-shelf_columns = Welche Spalte ist was?
page-shelf_optional = { $name } (darf fehlen)
page-shelf_no_column = keine
page-shelf_lacks = Noch zu benennen: { $columns }.
page-shelf_found = { $bad ->
        [0] Alle { $good } Zeilen können übernommen werden.
        [one] { $good } Zeilen können übernommen werden, eine nicht:
       *[other] { $good } Zeilen können übernommen werden, { $bad } nicht:
    }
page-shelf_more_bad = und { $more } weitere
page-shelf_take_how = Was aus dem Sortiment wird
shelf_how-add = Schuhe hinzufügen und die mit derselben Nummer auf den neuen Stand bringen
shelf_how-replace = Sie ersetzen das ganze Sortiment
page-shelf_take = { $count ->
        [one] Einen Schuh übernehmen
       *[other] { $count } Schuhe übernehmen
    }
page-shelf_stock = Paare je Größe und Weite zählen
page-shelf_size = Größe
page-shelf_any_width = Paare
page-shelf_stock_keep = Zählung speichern
shelf_column-sku = Nummer
shelf_column_what-sku = Ihre eigene Nummer des Schuhs.
shelf_column-brand = Marke
shelf_column_what-brand = Wer ihn macht.
shelf_column-model = Modell
shelf_column_what-model = Wie es auf dem Karton steht.
shelf_column-category = Art
shelf_column_what-category = neutral, stability oder motion-control.
shelf_column-cushioning = Dämpfung
shelf_column_what-cushioning = soft, medium oder firm.
shelf_column-drop_mm = Sprengung, mm
shelf_column_what-drop_mm = Wie viel höher die Ferse liegt als der Vorfuß.
shelf_column-widths = Weiten
shelf_column_what-widths = Mit ; dazwischen.
shelf_column-sizes = Größen
shelf_column_what-sizes = 40;41;42.5 oder ein Bereich wie 38-46, in halben Größen.
shelf_column-price = Preis
shelf_column_what-price = Eine Zahl.
shelf_column-in_stock = Vorrätig
shelf_column_what-in_stock = yes oder no.
shelf_column-currency = Währung
shelf_column_what-currency = Zum Beispiel EUR.
shelf_column-stock = Paare
shelf_column_what-stock = Paare je Größe, und je Weite, wo es mehrere gibt: 42=2; 42 weit=1. Leer, wo niemand zählt.
shelf_column-archived = Archiviert
shelf_column_what-archived = yes für einen Schuh, den Sie nicht mehr führen: Er wird niemandem vorgeschlagen, sein Name bleibt bekannt.
page-shelf_rules = Nach welchen Regeln Schuhe vorgeschlagen werden
page-shelf_rules_what = Für welche Füße welche Art Schuh gesucht wird, in welcher Reihenfolge, und wer das sagt. Die Regeln geben nur vor, was zuerst probiert wird: Der Komfort beim Laufen entscheidet.
rule_head-place = Platz
rule_head-shoe = Art des Schuhs, gewünschte Dämpfung der Reihe nach, und wer das sagt
rule_feet = { $feet ->
        [neutral] Neutral
        [under] Einer oder beide mit Unterpronation
        [over] Beide mit Überpronation
        [over_one] Einer mit Überpronation, der andere nicht
        [over_unsure] Einer mit Überpronation, der andere nicht bestimmbar
        [far_over] Beide mit Überpronation, einer weit über den meisten
       *[unjudged] Keiner bestimmbar
    }
rule_where = { rule_feet }, Platz { $place }
rule_feet_unknown = Zeile { $line }: feet muss eines davon sein: { $allowed }. Dort steht '{ $got }'
rule_place = Zeile { $line }: place muss 1, 2 oder 3 sein. Dort steht '{ $got }'
rule_twice = Zeile { $line }: { $where } steht zweimal da
rule_none = es ist keine Regel da
rule_missing = { $where } fehlt
rule_no_neutral = { rule_feet }: Einer der drei muss neutral sein
rule_category = { $where }: category muss eines davon sein: { $allowed }. Dort steht '{ $got }'
rule_cushioning_order = { $where }: cushioning muss { $allowed } in der gewünschten Reihenfolge sein, jedes einmal. Dort steht '{ $got }'
rule_drop = { $where }: Die Sprengung muss in Millimetern von 0 bis { $most } angegeben sein, etwa 8 oder 4-8. Dort steht '{ $got }'
rule_reason = { $where }: why und source müssen so sein, wie gait sie schreibt, oder beide leer. Dort steht '{ $got }'
rule_note = { $where }: Eine eigene Regel braucht eine Notiz, die sagt, warum
rule_note_long = { $where }: Eine Notiz hat höchstens { $most } Zeichen
rule_source_store = Eigene Regel des Ladens
rule_drop_wanted = { $same ->
        [1] { $low } mm Sprengung
       *[other] { $low } bis { $high } mm Sprengung
    }
rules_own = { $own ->
        [0] Alle bringt gait mit.
        [one] Eine ist vom Laden selbst, alle anderen bringt gait mit (Fassung { $version }).
       *[other] { $own } sind vom Laden selbst, alle anderen bringt gait mit (Fassung { $version }).
    }
page-rules_change = Regeln ändern und vorher sehen, was das bewirkt
page-rules_how = Klicken Sie in eine Zelle, um sie zu ändern. Eine geänderte Regel ist eine des Ladens: Ihre Notiz sagt, warum. Nichts gilt, bevor Sie es übernehmen; vorhandene Ergebnisse behalten die Regeln, nach denen sie beurteilt wurden.
page-rules_try = An den letzten 30 Tagen erproben
page-rules_trying = Die Schuhe der letzten 30 Tage werden noch einmal ausgewählt
page-rules_keep = Regeln übernehmen
page-rules_reset = Die Regeln von gait nehmen
page-rules_are_kept = Als Fassung { $version } übernommen. Diese Regeln gelten ab jetzt.
rule_column-feet = Füße
rule_column-place = Platz
rule_column-category = Art des Schuhs
rule_column-cushioning = Dämpfung der Reihe nach
rule_column-drop_mm = Sprengung, mm
rule_column_what-drop_mm = 8 oder 4-8. Sie zählt nach der Dämpfung; leer heißt: jede.
rule_column-note = Notiz
rule_column_what-note = Warum der Laden das so macht. Nötig, wo eine Regel nicht die von gait ist.
tried = Von { $runs ->
        [one] einem Lauf
       *[other] { $runs } Läufen
    } bei { $visits ->
        [one] einem Besuch
       *[other] { $visits } Besuchen
    } der letzten { $days } Tage wäre bei { $other ->
        [0] keinem
        [one] einem
       *[other] { $other }
    } ein anderer Schuh zuerst vorgeschlagen worden.
tried_any = { $other ->
        [0] Bei keinem Lauf wären überhaupt andere Schuhe vorgeschlagen worden.
        [one] Bei einem Lauf wäre einer der drei Schuhe oder ihre Reihenfolge anders gewesen.
       *[other] Bei { $other } Läufen wäre einer der drei Schuhe oder ihre Reihenfolge anders gewesen.
    }
tried_nothing = Kein Besuch der letzten { $days } Tage hat ein Ergebnis, an dem sich die Regeln erproben lassen.
tried_how = Jeder Lauf wird mit den Einstufungen seines Ergebnisses und mit dem genommen, was damals vorrätig war; nur die Regeln werden getauscht.
tried_left_out = Weggelassen: { $refused }, deren Video nicht beurteilt wurde, { $unrated }, deren Schuhe noch zu bewerten sind, { $not_here }, deren Ergebnis nicht auf diesem Computer ist, { $no_shelf } aus der Zeit, bevor Ergebnisse das Sortiment behielten.
tried_head-feet = Füße
tried_head-runs = Läufe
tried_head-of_feet = Anderer Schuh
tried_of_feet = { $first } von { $runs } zuerst, { $any } von { $runs } überhaupt
tried_head-before = Zuerst nach den geltenden Regeln
tried_head-after = Zuerst nach den geänderten
tried_no_shoe = kein Schuh
rule_cushioning = { $cushioning ->
        [soft] weich
        [firm] fest
       *[medium] mittel
    }
