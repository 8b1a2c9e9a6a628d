/* The names in a configuration file, looked at before libconfuse reads the values. */
#ifndef DIURNA_CORE_CONFIG_SCAN_H
#define DIURNA_CORE_CONFIG_SCAN_H

#include "core/config.h"
#include "core/config_schema.h"

/* Where a block begins. */
struct config_place {
	enum config_group group;
	const char *title; /* in the arena; "" without */
	int line;
};

struct config_scan {
	struct config_place *places; /* to be freed */
	size_t count, space;
};

/*
 * Look at every name of the file in text. A name that nobody knows, a block at the wrong place or
 * there twice, an option that is set twice: each is reported with its line. What is not known is
 * overwritten with spaces, so that libconfuse reads on behind it (it would stop at the first).
 */
void config_scan(char *text, const char *path, struct arena *arena, struct config_scan *scan,
	struct config_errors *errors);

/* The line where a block begins; title "": it has none. 0: there is no such block. */
int config_scan_line(const struct config_scan *scan, enum config_group group, const char *title);

#endif
