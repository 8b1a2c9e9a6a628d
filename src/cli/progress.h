/* A line on stderr's terminal that says how far something is; nothing where there is none. */
#ifndef DIURNA_CLI_PROGRESS_H
#define DIURNA_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what; /* "feeds" */
	int64_t started_ms, shown_ms;
	double mib;          /* that the work goes through, 0: not known; for progress_share */
	int64_t done, total; /* as told last */
	bool is_shown;
	bool is_quiet; /* until something is told: the line would be in the way */
};

void progress_start(struct progress *progress, const char *what);
/*
 * While nothing is told the line is shown again every second, from 1 s on, with the time that has
 * passed: by a thread, until progress_unfollow. One at a time.
 */
void progress_follow(struct progress *progress);
void progress_unfollow(void);
/* total 0: not known. Shown a few times a second, with the rate and what is left, from 1 s on. */
void progress_show(struct progress *progress, int64_t done, int64_t total);
/* The same for work that knows its share, 0 to 1, and its name: another name is another start. */
void progress_share(void *progress, const char *what, double share);
/* It goes through that file. */
void progress_of_file(struct progress *progress, const char *path);
/* The line goes, and stays away until the next progress_show. */
void progress_clear(struct progress *progress);

#endif
