#include "core/buf.h"
#include "core/config.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void config_errors_add(
	struct config_errors *errors, const char *path, int line, const char *format, ...)
{
	struct buf text = {0};
	va_list args;
	char *p;

	if (line > 0)
		buf_printf(&text, "%s:%d: ", path, line);
	else
		buf_printf(&text, "%s: ", path);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	/* Words of the file are repeated in it: a line stays one. */
	for (p = text.data; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7F)
			*p = '?';
	}
	ARRAY_GROW(errors->lines, errors->count, errors->space);
	errors->lines[errors->count++] = arena_strdup(&errors->arena, buf_text(&text));
	buf_finish(&text);
}

void config_errors_finish(struct config_errors *errors)
{
	if (!errors)
		return;
	free(errors->lines);
	arena_finish(&errors->arena);
	*errors = (struct config_errors){0};
}

/* Lines in the order of the file; what stands before their numbers is the same in all. */
static int by_line(const void *a, const void *b, void *number_at)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	size_t at = *(const size_t *)number_at;

	return atoi(x + at) - atoi(y + at);
}

void config_errors_sort(struct config_errors *errors, size_t from, const char *path)
{
	size_t count = errors->count - from, number_at = strlen(path) + 1, i, kept = 0;
	const char **lines;

	if (count == 0)
		return;
	lines = errors->lines + from;
	qsort_r(lines, count, sizeof(*lines), by_line, &number_at);
	for (i = 0; i < count; i++) {
		if (kept == 0 || !str_eq(lines[kept - 1], lines[i]))
			lines[kept++] = lines[i];
	}
	errors->count = from + kept;
}
