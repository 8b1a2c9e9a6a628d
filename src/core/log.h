/*
 * The log: one line an event on stderr. Under systemd each line starts with <N>, the priority of
 * sd-daemon(3); on a terminal with the word. Subject first, then what, then the consequence.
 * A password in an address is not written.
 */
#ifndef DIURNA_CORE_LOG_H
#define DIURNA_CORE_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level {
	LOG_LEVEL_ERR = 3, /* we cannot go on */
	LOG_LEVEL_WARNING, /* someone should look */
	LOG_LEVEL_NOTICE,  /* start, stop, reload */
	LOG_LEVEL_INFO,    /* one line a fetch or edition */
	LOG_LEVEL_DEBUG,   /* anything */
};

/* Nothing less important than level is written. Default: LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);
/* "err", "warning", "notice", "info", "debug"; false: none of these. */
bool log_level_parse(const char *name, enum log_level *level);
bool log_is_on(enum log_level level);

void log_err(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For what is of this level or that by its circumstances. */
void log_at(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Foreign text made safe for a line of the log or a terminal: control characters, escapes and
 * bytes that are no UTF-8 become '?', and it is cut at 200 bytes. The answer lives in one of eight
 * buffers of the calling thread that are used in turn. NULL gives "".
 */
const char *log_visible(const char *text);

#endif
