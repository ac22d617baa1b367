"""What happens when something is killed, full, read-only or away: scripts with seeds. The long runs' tables are in reports/reliability/."""
