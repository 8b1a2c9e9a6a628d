#include "cli/help.h"

#include "cli/cmd.h"
#include "cli/out.h"
#include "core/mem.h"
#include "core/str.h"

#include <string.h>

/* Columns where what an option means begins: beside it, below it; and what a command does. */
enum { BESIDE = 20, BELOW = 6, SUMMARY = 15 };
enum { NARROW = 60 }; /* columns of a terminal, beside is too little with less */

static const char *const example[] = {"Example: ", "Examples: "};

/* A text that is gathered from several lines of help, to be broken anew. */
struct piece {
	struct buf text;
	char label[BESIDE]; /* before its first line; "": nothing */
	int indent;         /* of its lines */
};

static void end_piece(struct piece *piece)
{
	struct buf lines = {0};

	if (piece->text.len || *piece->label)
		out_labelled(
			&lines, piece->label, piece->indent, OUT_PLAIN, buf_text(&piece->text));
	fputs(buf_text(&lines), stdout);
	buf_finish(&lines);
	buf_finish(&piece->text);
	*piece = (struct piece){.indent = 0};
}

static void add_words(struct piece *piece, const char *text, size_t len)
{
	while (len > 0 && *text == ' ') {
		text++;
		len--;
	}
	buf_puts(&piece->text, piece->text.len ? " " : "");
	buf_put(&piece->text, text, len);
}

static void put_name(struct piece *piece, const char *name, int len)
{
	if (out_columns() >= NARROW && len + 3 < BESIDE) {
		snprintf(piece->label, sizeof(piece->label), "  %.*s", len, name);
		piece->indent = BESIDE;
	} else {
		printf("  %.*s\n", len, name);
		piece->indent = BELOW;
	}
}

/* "  --name VALUE   what it means   --other   and that": cells stand two spaces apart. */
static void put_options(struct piece *piece, const char *line, size_t len)
{
	const char *end = line + len, *cell = line, *next;

	for (; cell < end; cell = next) {
		cell += strspn(cell, " ");
		for (next = cell; next < end && !(next[0] == ' ' && next[1] == ' '); next++)
			continue;
		if (cell == line + strspn(line, " ") || str_starts(cell, "--")) {
			end_piece(piece);
			put_name(piece, cell, (int)(next - cell));
		} else {
			add_words(piece, cell, (size_t)(next - cell));
		}
	}
}

static bool has_cells(const char *line, size_t len)
{
	size_t i;

	for (i = strspn(line, " "); i + 1 < len; i++)
		if (line[i] == ' ' && line[i + 1] == ' ')
			return true;
	return false;
}

/* "Example: ", with what stands behind it. */
static bool begins_example(struct piece *piece, const char *line, size_t len)
{
	size_t i, label;

	for (i = 0; i < ARRAY_LEN(example); i++) {
		label = strlen(example[i]);
		if (!str_starts(line, example[i]))
			continue;
		end_piece(piece);
		snprintf(piece->label, sizeof(piece->label), "%s", example[i]);
		piece->indent = (int)label;
		add_words(piece, line + label, len - label);
		return true;
	}
	return false;
}

/* One line of help; an example stays a line of its own, all else runs on. */
static void put_line(struct piece *piece, const char *line, size_t len, bool *is_example)
{
	int indent = piece->indent;

	if (len == 0) {
		end_piece(piece);
		putchar('\n');
	} else if (begins_example(piece, line, len)) {
		*is_example = true;
	} else if (strspn(line, " ") == 2 && has_cells(line, len)) {
		put_options(piece, line, len);
	} else {
		if (*is_example) {
			end_piece(piece);
			piece->indent = indent;
		}
		add_words(piece, line, len);
	}
}

static bool fits(const char *text, int columns)
{
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if ((int)len > columns)
			return false;
	}
	return true;
}

static void put_narrow(const char *help)
{
	struct piece piece = {.indent = 0};
	bool is_example = false;
	size_t len;

	for (; *help; help += len + (help[len] == '\n')) {
		len = strcspn(help, "\n");
		put_line(&piece, help, len, &is_example);
	}
	end_piece(&piece);
}

void help_print(const struct command *command)
{
	struct buf usage = {0};

	buf_printf(&usage, "usage: diurna %s%s%s", command->name, *command->usage ? " " : "",
		command->usage);
	out_line(stdout, 0, OUT_PLAIN, buf_text(&usage));
	putchar('\n');
	out_line(stdout, 0, OUT_PLAIN, command->summary ? command->summary : "");
	if (*command->help)
		putchar('\n');
	if (out_is_terminal() && !fits(command->help, out_columns()))
		put_narrow(command->help);
	else
		fputs(command->help, stdout);
	buf_finish(&usage);
}

void help_list(FILE *to)
{
	struct buf lines = {0};
	char name[SUMMARY + 1];
	size_t i;

	out_line(to, 0, OUT_PLAIN,
		"usage: diurna [--config FILE] [--quiet] [--no-pager] COMMAND [OPTION...]");
	fputc('\n', to);
	for (i = 0; i < command_count; i++) {
		if (!commands[i].summary)
			continue;
		snprintf(name, sizeof(name), "  %s", commands[i].name);
		out_labelled(&lines, name, SUMMARY, OUT_PLAIN, commands[i].summary);
	}
	fputs(buf_text(&lines), to);
	buf_finish(&lines);
	fputc('\n', to);
	out_line(to, 0, OUT_PLAIN, "'diurna COMMAND --help' tells more; so does diurna(1).");
}
