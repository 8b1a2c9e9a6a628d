/*
 * The pages of a database that stand in its log (-wal): what was committed there counts, and not
 * what the file has in its place. Nothing of it is trusted.
 */
#ifndef DIURNA_STORE_LEAVES_LOG_H
#define DIURNA_STORE_LEAVES_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct leaves_log {
	int fd;
	size_t page_size;
	uint32_t page_count; /* of the database after the last commit */
	struct log_page *pages;
	size_t count;
};

/* False: there is none, or nothing in it is whole. */
bool leaves_log_open(struct leaves_log *log, const char *path);
/* False: the log has no such page; the file's counts. */
bool leaves_log_read(const struct leaves_log *log, uint32_t number, uint8_t *page);
void leaves_log_close(struct leaves_log *log);

#endif
