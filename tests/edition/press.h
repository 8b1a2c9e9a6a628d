/* A store with a small world in it, and a folder for its digests. */
#ifndef DIURNA_TESTS_EDITION_PRESS_H
#define DIURNA_TESTS_EDITION_PRESS_H

#include "edition/edition.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	DAY = 86400,
	MORNING = 1795325400, /* 2026-11-22T05:30:00Z, a Sunday, half past six in Paris */
	EVENING = MORNING + 12 * 3600,
	PRESS_SECTIONS = 2,
};

struct press {
	char dir[32];
	char *digests;
	struct store *store;
	struct config config;   /* all formats, both sections, empty days */
	struct edition_row row; /* of the edition that was made last */
};

/* Europe and Asia-Pacific. */
extern const struct config_section press_sections[PRESS_SECTIONS];

int press_set_up(void **state);
int press_tear_down(void **state);
void press_run(struct press *p, const char *sql);
/* The first number of the first row. */
int press_count(struct press *p, const char *sql);
/* An item of the first feed arrives, "Story number 11". */
void press_arrive(struct press *p, int id, int section, int64_t at);
/* An edition of all sections. */
enum status press_make(struct press *p, int64_t now);
/* Of those that are due at that moment. */
enum status press_make_due(struct press *p, int64_t now);
/* The text of a digest, to be freed; the test fails where it is missing. */
char *press_text(struct press *p, const char *name);
bool press_has(struct press *p, const char *name);
void press_has_no_leftovers(struct press *p, const char *folder);

#endif
