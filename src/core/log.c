#include "core/log.h"

#include "core/mem.h"
#include "core/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 2048, VISIBLE_BYTES = 200, VISIBLE_BUFFERS = 8 };

static enum log_level max_level = LOG_LEVEL_INFO;

static const char *const names[] = {
	[LOG_LEVEL_ERR] = "err",
	[LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_NOTICE] = "notice",
	[LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

void log_set_level(enum log_level level)
{
	max_level = level;
}

bool log_level_parse(const char *name, enum log_level *level)
{
	size_t i;

	for (i = LOG_LEVEL_ERR; i < ARRAY_LEN(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*level = (enum log_level)i;
			return true;
		}
	}
	return false;
}

bool log_is_on(enum log_level level)
{
	return level <= max_level;
}

/* systemd sets JOURNAL_STREAM where stderr goes to the journal, which reads <N> as the priority. */
static bool to_journal(void)
{
	static int known = -1;

	if (known < 0)
		known = getenv("JOURNAL_STREAM") != NULL;
	return known;
}

/* "https://me:secret@host/" becomes "https://me:***@host/". The length of the line then. */
static size_t hide_passwords(char *line, size_t len)
{
	char *at = line, *end, *host, *colon;
	size_t password;

	while ((at = memmem(at, len - (size_t)(at - line), "://", 3))) {
		at += 3;
		end = at;
		while (end < line + len && !strchr(" \t/?#\"<>", *end))
			end++;
		host = memrchr(at, '@', (size_t)(end - at));
		colon = host ? memchr(at, ':', (size_t)(host - at)) : NULL;
		password = colon ? (size_t)(host - colon) - 1 : 0;
		if (password == 0)
			continue;
		memset(colon + 1, '*', password < 3 ? password : 3);
		if (password > 3) {
			memmove(colon + 4, host, len - (size_t)(host - line));
			len -= password - 3;
		}
	}
	return len;
}

static void __attribute__((format(printf, 2, 0)))
write_line(enum log_level level, const char *format, va_list args)
{
	char line[LINE_BYTES];
	int head, body;
	size_t len;

	if (!log_is_on(level))
		return;
	head = to_journal() ? snprintf(line, sizeof(line), "<%d>", (int)level)
			    : snprintf(line, sizeof(line), "%s: ", names[level]);
	body = vsnprintf(line + head, sizeof(line) - (size_t)head - 1, format, args);
	if (body < 0)
		return;
	len = (size_t)head + (size_t)body;
	if (len > sizeof(line) - 2)
		len = utf8_cut(line, sizeof(line) - 2, sizeof(line) - 2);
	len = hide_passwords(line, len);
	line[len++] = '\n';
	/* One write a line: lines of several processes do not mix. What cannot be said is lost. */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}

void log_at(enum log_level level, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(level, format, args);
	va_end(args);
}

#define DEFINE_LOG(name, level)                  \
	void name(const char *format, ...)       \
	{                                        \
		va_list args;                    \
                                                 \
		va_start(args, format);          \
		write_line(level, format, args); \
		va_end(args);                    \
	}

DEFINE_LOG(log_err, LOG_LEVEL_ERR)
DEFINE_LOG(log_warning, LOG_LEVEL_WARNING)
DEFINE_LOG(log_notice, LOG_LEVEL_NOTICE)
DEFINE_LOG(log_info, LOG_LEVEL_INFO)
DEFINE_LOG(log_debug, LOG_LEVEL_DEBUG)

const char *log_visible(const char *text)
{
	static _Thread_local char buffers[VISIBLE_BUFFERS][VISIBLE_BYTES + 8];
	static _Thread_local unsigned turn;
	char *out = buffers[turn++ % VISIBLE_BUFFERS];
	size_t len = text ? strlen(text) : 0, used = 0, size;
	unsigned c;

	while (len > 0) {
		c = utf8_decode(text, len, &size);
		if (used + size > VISIBLE_BYTES) {
			memcpy(out + used, "...", 3);
			used += 3;
			break;
		}
		/* C0, DEL, C1, and what turns the direction of a line. */
		if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c == UTF8_BAD && size == 1) ||
			(c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069)) {
			out[used++] = '?';
		} else {
			memcpy(out + used, text, size);
			used += size;
		}
		text += size;
		len -= size;
	}
	out[used] = '\0';
	return out;
}
