#include "cli/out.h"

#include "cli/cmd.h"
#include "core/markup.h"
#include "core/markup_lines.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

extern char **environ;

static pid_t pager;       /* 0: none */
static int pager_columns; /* of the terminal behind it */
static bool is_never_paged;

bool out_is_terminal(void)
{
	return pager || isatty(STDOUT_FILENO);
}

static int columns_of(int fd)
{
	const char *said = getenv("COLUMNS");
	struct winsize size;
	uint64_t columns;

	if (said && str_to_u64(said, 10000, &columns) && columns >= 20)
		return (int)columns;
	if (pager && fd == STDOUT_FILENO)
		return pager_columns;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		return size.ws_col;
	return 80;
}

int out_columns(void)
{
	return columns_of(STDOUT_FILENO);
}

int out_error_columns(void)
{
	return columns_of(STDERR_FILENO);
}

bool out_is_utf8(void)
{
	return str_ieq(nl_langinfo(CODESET), "UTF-8");
}

void out_never_page(void)
{
	is_never_paged = true;
}

static void end_pager(void)
{
	fclose(stdout);
	while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
		continue;
}

void out_page(void)
{
	const char *program = getenv("DIURNA_PAGER");
	posix_spawn_file_actions_t actions;
	int pipe_fds[2], columns = out_columns(), err;
	char *argv[] = {(char *)"sh", (char *)"-c", NULL, NULL};

	if (!program)
		program = getenv("PAGER");
	if (!program)
		program = "if command -v less >/dev/null; then exec less; else exec more; fi";
	if (is_never_paged || pager || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO) ||
		str_is_empty(program) || str_eq(program, "cat") || pipe2(pipe_fds, O_CLOEXEC) < 0)
		return;
	/* Ends by itself where all fits, lets colours through, leaves the text behind. */
	setenv("LESS", "FRX", 0);
	argv[2] = (char *)program;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipe_fds[0], STDIN_FILENO);
	err = posix_spawn(&pager, "/bin/sh", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pipe_fds[0]);
	if (err) {
		pager = 0;
	} else {
		pager_columns = columns;
		fflush(stdout);
		dup2(pipe_fds[1], STDOUT_FILENO);
		signal(SIGPIPE, SIG_IGN);
		atexit(end_pager);
	}
	close(pipe_fds[1]);
}

const char *out_count(int64_t n, const char *one, const char *many, char text[OUT_COUNT_BYTES])
{
	snprintf(text, OUT_COUNT_BYTES, "%lld %s", (long long)n, n == 1 ? one : many);
	return text;
}

static bool has_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return out_is_terminal() && str_is_empty(no) && !str_is_empty(term) &&
	       !str_eq(term, "dumb");
}

const char *out_style(enum out_style style)
{
	static const char *const sequences[] = {
		[OUT_PLAIN] = "",
		[OUT_BOLD] = "\033[1m",
		[OUT_DIM] = "\033[2m",
		[OUT_GOOD] = "\033[32m",
		[OUT_BAD] = "\033[31m",
	};

	return has_colours() ? sequences[style] : "";
}

const char *out_end(void)
{
	return has_colours() ? "\033[0m" : "";
}

/* Lines of at most width columns, 0: one; all but the first behind indent spaces. */
static void put_lines(
	struct buf *to, size_t width, int indent, enum out_style style, const char *text)
{
	struct buf broken = {0};
	struct markup_lines lines = {.to = &broken, .width = width};
	const char *line;
	size_t len;

	lines_put_wrapped(&lines, text);
	lines_finish(&lines);
	for (line = buf_text(&broken); *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		buf_printf(to, "%*s%s%.*s%s\n", line == buf_text(&broken) ? 0 : indent, "",
			style == OUT_PLAIN ? "" : out_style(style), (int)len, line,
			style == OUT_PLAIN ? "" : out_end());
	}
	buf_finish(&broken);
}

void out_line(FILE *file, int indent, enum out_style style, const char *text)
{
	int fd = fileno(file);
	bool is_terminal = isatty(fd) || (pager && fd == STDOUT_FILENO);
	struct buf lines = {0};

	put_lines(&lines, is_terminal ? (size_t)(columns_of(fd) - indent) : 0, indent, style, text);
	fprintf(file, "%*s%s", indent, "", buf_text(&lines));
	buf_finish(&lines);
}

void out_labelled(
	struct buf *to, const char *label, int width, enum out_style style, const char *text)
{
	struct buf safe = {0};

	out_safe(&safe, text);
	if (label)
		buf_printf(to, "%s%-*s%s", out_style(style), width, label, out_end());
	else
		buf_printf(to, "%*s", width, "");
	put_lines(to, out_is_terminal() ? (size_t)(out_columns() - width) : 0, width,
		label ? OUT_PLAIN : style, buf_text(&safe));
	buf_finish(&safe);
}

/* C0, C1, and what reorders or hides its neighbours (Unicode's bidirectional controls, tags). */
static bool is_harmful(unsigned c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
	       (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF ||
	       (c >= 0xE0000 && c <= 0xE007F);
}

static void put_safe(struct buf *to, const char *text, bool is_block)
{
	size_t len = text ? strlen(text) : 0, size, i;
	unsigned c;

	for (i = 0; i < len; i += size) {
		c = utf8_decode(text + i, len - i, &size);
		if (is_block && c == '\n')
			buf_putc(to, '\n');
		else if (is_harmful(c))
			buf_putc(to, ' ');
		else
			buf_put_utf8(to, c);
	}
}

void out_safe(struct buf *to, const char *text)
{
	put_safe(to, text, false);
}

void out_safe_block(struct buf *to, const char *text)
{
	put_safe(to, text, true);
}

void out_styled(struct buf *to, const char *text)
{
	static const struct {
		enum markup_mark begin, end;
		const char *on, *off;
	} styles[] = {{MARKUP_BOLD, MARKUP_BOLD_END, "\033[1m", "\033[22m"},
		{MARKUP_ITALIC, MARKUP_ITALIC_END, "\033[3m", "\033[23m"},
		{MARKUP_LINK, MARKUP_LINK_END, "\033[4m", "\033[24m"}};
	bool is_on[ARRAY_LEN(styles)] = {false}, is_coloured = has_colours();
	struct buf piece = {0};
	size_t i;

	for (; *text; text++) {
		if ((unsigned char)*text >= MARKUP_MARKS && *text != '\n') {
			buf_putc(&piece, *text);
			continue;
		}
		put_safe(to, buf_text(&piece), true);
		buf_clear(&piece);
		for (i = 0; is_coloured && i < ARRAY_LEN(styles); i++) {
			if (*text == '\n' && is_on[i])
				buf_puts(to, styles[i].off);
			else if ((unsigned)*text == styles[i].begin && !is_on[i])
				buf_puts(to, styles[i].on);
			else if ((unsigned)*text == styles[i].end && is_on[i])
				buf_puts(to, styles[i].off);
			if (*text != '\n' && (unsigned)*text == styles[i].begin)
				is_on[i] = true;
			else if ((unsigned)*text == styles[i].end)
				is_on[i] = false;
		}
		if (*text != '\n')
			continue;
		/* Pagers forget styles at the end of a line. */
		buf_putc(to, '\n');
		for (i = 0; is_coloured && text[1] && i < ARRAY_LEN(styles); i++)
			buf_puts(to, is_on[i] ? styles[i].on : "");
	}
	put_safe(to, buf_text(&piece), true);
	for (i = 0; is_coloured && i < ARRAY_LEN(styles); i++)
		buf_puts(to, is_on[i] ? styles[i].off : "");
	buf_finish(&piece);
}

void out_tsv(struct buf *to, const char *text)
{
	const char *p = text ? text : "";

	/* Spreadsheets skip white space before they look for a formula. */
	while (str_is_space(*p))
		p++;
	if (*p && strchr("=+-@", *p))
		buf_putc(to, '\'');
	put_safe(to, text, false);
}

void out_markdown(struct buf *to, const char *text)
{
	struct buf safe = {0};
	const char *p;

	put_safe(&safe, text, false);
	for (p = buf_text(&safe); *p; p++) {
		if (strchr("\\`*_{}[]<>#|!~&", *p))
			buf_putc(to, '\\');
		buf_putc(to, *p);
	}
	buf_finish(&safe);
}

int out_finish(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EX_OK;
	if (errno == EPIPE)
		return pager ? EX_OK : EX_IOERR; /* who leaves the pager has read enough */
	return cmd_error(EX_IOERR, "the output cannot be written: %s", strerror(errno));
}

void table_init(struct table *table, const struct table_column *columns, size_t column_count)
{
	*table = (struct table){.columns = columns, .column_count = column_count};
}

void table_cell(struct table *table, enum out_style style, const char *text)
{
	struct buf safe = {0};
	size_t styles = table->count;

	out_safe(&safe, text);
	ARRAY_GROW(table->styles, styles, table->style_space);
	ARRAY_GROW(table->cells, table->count, table->space);
	table->styles[table->count] = style;
	table->cells[table->count++] = buf_take(&safe);
}

void table_cell_int(struct table *table, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	table_cell(table, OUT_PLAIN, text);
}

/* At most width columns of a cell, filled up with spaces unless it is the last. */
static void print_cell(
	const struct table *table, size_t column, const char *text, int width, enum out_style style)
{
	bool is_last = column == table->last;
	int columns = (int)utf8_columns(text), used = 0, next;
	size_t len = strlen(text), size, i;

	if (table->columns[column].is_right && columns < width)
		printf("%*s", width - columns, "");
	fputs(style == OUT_PLAIN ? "" : out_style(style), stdout);
	for (i = 0; i < len; i += size) {
		next = utf8_width(utf8_decode(text + i, len - i, &size));
		if (columns > width && used + next > width - 1)
			break;
		used += next;
		fwrite(text + i, 1, size, stdout);
	}
	if (columns > width) {
		fputs(out_is_utf8() ? "\xE2\x80\xA6" : "~", stdout);
		columns = used + 1;
	}
	fputs(style == OUT_PLAIN ? "" : out_end(), stdout);
	if (!table->columns[column].is_right && !is_last && columns < width)
		printf("%*s", width - columns, "");
	fputs(is_last ? "\n" : "  ", stdout);
}

enum { CUT_LEAST = 14, MAIN_LEAST = 20, LEAST = 10 }; /* columns; less says nothing */

/* The widest of those that fit so and are wider than least; column_count: none. */
static size_t widest(const struct table *table, const int *widths, enum table_fit fit, int least)
{
	size_t i, found = table->column_count;

	for (i = 0; i < table->column_count; i++) {
		if (table->columns[i].fit == fit && widths[i] > least) {
			least = widths[i];
			found = i;
		}
	}
	return found;
}

/* What a line takes; last is found anew. */
static int line_width(struct table *table, const int *widths)
{
	int total = -2;
	size_t i;

	table->last = 0;
	for (i = 0; i < table->column_count; i++) {
		if (widths[i] < 0)
			continue;
		total += widths[i] + 2;
		table->last = i;
	}
	return total;
}

/* The last column that may be, and is not yet. */
static bool leave_out(const struct table *table, int *widths)
{
	size_t i;

	for (i = table->column_count; i-- > 0;) {
		if (widths[i] >= 0 &&
			(table->columns[i].fit == FIT_DROP || table->columns[i].fit == FIT_CUT)) {
			widths[i] = -1;
			return true;
		}
	}
	return false;
}

/* One column narrower, if the columns of that kind still can be. */
static bool squeeze(const struct table *table, int *widths, enum table_fit fit, int least)
{
	size_t i = widest(table, widths, fit, least);

	if (i < table->column_count)
		widths[i]--;
	return i < table->column_count;
}

/* On a terminal columns give what is too much; a file gets all. */
static void fit(struct table *table, int *widths)
{
	int *whole = xcalloc(table->column_count, sizeof(*whole));
	bool can_more = out_is_terminal();

	memcpy(whole, widths, table->column_count * sizeof(*whole));
	while (line_width(table, widths) > out_columns() && can_more) {
		can_more = squeeze(table, widths, FIT_CUT, CUT_LEAST) ||
			   squeeze(table, widths, FIT_MAIN, MAIN_LEAST);
		if (can_more)
			continue;
		can_more = leave_out(table, whole);
		if (can_more)
			memcpy(widths, whole, table->column_count * sizeof(*whole));
		else
			can_more = squeeze(table, widths, FIT_MAIN, LEAST);
	}
	free(whole);
}

/* On a terminal the place of a column without a word is for the others: its width is -1. */
static void hide_empty(struct table *table, int *widths)
{
	size_t i;
	int head;

	for (i = 0; i < table->column_count; i++) {
		head = (int)utf8_columns(table->columns[i].head);
		if (widths[i] == 0 && table->columns[i].fit != FIT_WHOLE && out_is_terminal())
			widths[i] = -1;
		else if (head > widths[i])
			widths[i] = head;
	}
}

void table_print(struct table *table)
{
	int *widths = xcalloc(table->column_count, sizeof(*widths)), width;
	size_t i, column;

	for (i = 0; i < table->count; i++) {
		width = (int)utf8_columns(table->cells[i]);
		if (width > widths[i % table->column_count])
			widths[i % table->column_count] = width;
	}
	hide_empty(table, widths);
	fit(table, widths);
	for (i = 0; i < table->column_count; i++) {
		if (widths[i] >= 0)
			print_cell(table, i, table->columns[i].head, widths[i], OUT_BOLD);
	}
	for (i = 0; i < table->count; i++) {
		column = i % table->column_count;
		if (widths[column] >= 0)
			print_cell(
				table, column, table->cells[i], widths[column], table->styles[i]);
		free(table->cells[i]);
	}
	free(widths);
	free(table->cells);
	free(table->styles);
	table->cells = NULL;
	table->styles = NULL;
	table->count = table->space = table->style_space = 0;
}
