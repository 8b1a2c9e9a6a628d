#include "core/markup.h"

#include "core/markup_lines.h"
#include "core/markup_read.h"
#include "core/str.h"

#include <stdio.h>
#include <string.h>

enum { STRESSED = 8 }; /* nested emphasis that is marked */

/* Emphasis whose end has not come: its mark is written then. */
struct stress {
	const char *mark; /* "**" */
	const char *name; /* of the HTML element that means the same */
	size_t from;      /* where in line it begins */
	bool is_again;    /* within the same emphasis: it says nothing more */
};

struct writer {
	struct markup_lines lines; /* where blocks go */
	bool is_markdown;
	struct buf line;  /* the block so far; hard breaks are \n in it */
	struct buf href;  /* of the open link */
	struct buf links; /* styled: "[1] https://..." a line */
	unsigned link_count;
	bool has_space; /* white space waits before the next word */
	bool in_link, in_pre, in_row, is_first_row;
	bool in_code;     /* a span of it */
	size_t code_from; /* where in line it began */
	bool is_row_end;  /* the row that was collected is written now */
	struct stress stressed[STRESSED];
	size_t stress_count;
	unsigned in_cell;
	unsigned heading; /* 1 to 6 inside of one */
	unsigned columns; /* cells of this row so far */
};

/* Markdown reads some characters at the beginning of a line as its own. */
static bool needs_escape_at_start(const char *text)
{
	return text[0] && strchr("#+-=|>", text[0]);
}

/* "1. " would begin a list: the number's full stop is escaped. */
static size_t ordinal_len(const char *text)
{
	size_t i = 0;

	while (str_is_digit(text[i]) && i < 9)
		i++;
	return i > 0 && (text[i] == '.' || text[i] == ')') && (text[i + 1] == ' ' || !text[i + 1])
		       ? i
		       : 0;
}

/* A line of text that begins as it is read: as text. */
static void put_start(const char *text, size_t len, struct buf *to)
{
	size_t n = ordinal_len(text);

	if (needs_escape_at_start(text))
		buf_putc(to, '\\');
	buf_put(to, text, n);
	if (n > 0)
		buf_putc(to, '\\');
	buf_put(to, text + n, len - n);
}

static void put_space(struct writer *w)
{
	if (w->has_space && w->line.len > 0 && w->line.data[w->line.len - 1] != '\n')
		buf_putc(&w->line, ' ');
	w->has_space = false;
}

static void begin_code(struct writer *w)
{
	if (!w->is_markdown || w->in_pre || w->in_code)
		return;
	put_space(w);
	w->in_code = true;
	w->code_from = w->line.len;
}

/* The fence is longer than any run of backticks inside. Source: CommonMark 0.31, 6.1. */
static void end_code(struct writer *w)
{
	struct buf code = {0};
	size_t i, run = 0, fence = 1;
	bool needs_space;

	if (!w->in_code)
		return;
	w->in_code = false;
	if (w->line.len <= w->code_from)
		return;
	buf_put(&code, w->line.data + w->code_from, w->line.len - w->code_from);
	buf_truncate(&w->line, w->code_from);
	for (i = 0; i < code.len; i++) {
		run = code.data[i] == '`' ? run + 1 : 0;
		if (run >= fence)
			fence = run + 1;
	}
	needs_space = code.data[0] == '`' || code.data[code.len - 1] == '`';
	/* Two fences would be one. */
	if (w->line.len > 0 && w->line.data[w->line.len - 1] == '`')
		buf_puts(&w->line, "<!-- -->");
	for (i = 0; i < fence; i++)
		buf_putc(&w->line, '`');
	buf_printf(&w->line, needs_space ? " %s " : "%s", buf_text(&code));
	for (i = 0; i < fence; i++)
		buf_putc(&w->line, '`');
	buf_finish(&code);
}

static void insert(struct buf *buf, size_t at, const char *text)
{
	size_t len = strlen(text), moved = buf->len - at;

	buf_puts(buf, text); /* for the room */
	memmove(buf->data + at + len, buf->data + at, moved);
	memcpy(buf->data + at, text, len);
}

/* How long line is without the hard breaks at its end. */
static size_t without_breaks(const struct writer *w)
{
	size_t len = w->line.len;

	while (len > 0 && w->line.data[len - 1] == '\n')
		len -= w->is_markdown ? 2 : 1;
	return len;
}

/*
 * A run of asterisks begins or ends emphasis by what stands around it. Sure is: between white space
 * or punctuation and a letter; in a word only between letters. CommonMark 0.31, 6.2.
 */
static bool is_sure(char outside, char inside)
{
	if (outside == '\0' || str_is_space(outside) || strchr("(,.;:!?\"'", outside))
		return true;
	return (str_is_alpha(inside) || str_is_digit(inside)) && outside != '*' && outside != '~';
}

/* Writes the marks around the end of line that is emphasised. after: what follows, '\0' a block. */
static void put_stress(struct writer *w, const struct stress *stress, char after)
{
	struct buf *line = &w->line;
	size_t from = stress->from, end = without_breaks(w);
	bool is_plain;
	char before, tag[16];

	while (from < end && str_is_space(line->data[from]))
		from++;
	if (from >= end || stress->is_again)
		return;
	before = from > 0 ? line->data[from - 1] : '\0';
	if (w->has_space || end < line->len)
		after = ' ';
	is_plain = is_sure(before, line->data[from]) && is_sure(after, line->data[end - 1]);
	snprintf(tag, sizeof(tag), is_plain ? "%s" : "</%s>",
		is_plain ? stress->mark : stress->name);
	insert(line, end, tag);
	snprintf(
		tag, sizeof(tag), is_plain ? "%s" : "<%s>", is_plain ? stress->mark : stress->name);
	insert(line, from, tag);
}

/* The block ends within emphasis, which goes on in the next; rows have theirs in their cells. */
static void break_stress(struct writer *w)
{
	size_t i;

	for (i = w->stress_count; i > 0; i--) {
		if (!w->in_row)
			put_stress(w, &w->stressed[i - 1], '\0');
		w->stressed[i - 1].from = 0;
	}
}

/* "# C #" would lose the second one. CommonMark 0.31, 4.2. */
static void keep_last_hash(struct buf *line)
{
	if (line->data[line->len - 1] == '#')
		insert(line, line->len - 1, "\\");
}

/* Ends the block that is being collected. */
static void end_block(struct writer *w)
{
	struct buf whole = {0};
	const char *text;
	size_t n;

	end_code(w);
	w->has_space = false;
	if (w->in_cell > 0 || (w->in_row && !w->is_row_end)) {
		w->has_space = w->in_cell > 0;
		return;
	}
	break_stress(w);
	buf_truncate(&w->line, without_breaks(w));
	if (w->line.len == 0)
		return;
	text = buf_text(&w->line);
	lines_gap(&w->lines);
	if (w->is_markdown && !w->in_row) {
		if (w->heading) {
			buf_printf(&whole, "%.*s ", (int)w->heading, "######");
			keep_last_hash(&w->line);
			text = buf_text(&w->line);
		}
		for (; (n = strcspn(text, "\n")) < strlen(text); text += n + 1) {
			put_start(text, n, &whole);
			buf_putc(&whole, '\n');
		}
		put_start(text, n, &whole);
		text += n;
	}
	if (w->lines.is_styled && w->heading)
		buf_printf(&whole, "%c%s%c", MARKUP_BOLD, text, MARKUP_BOLD_END);
	else
		buf_puts(&whole, text);
	lines_put_wrapped(&w->lines, buf_text(&whole));
	buf_finish(&whole);
	buf_clear(&w->line);
	w->lines.is_tight = false;
}

/* What a reader of Markdown would take for a character reference. CommonMark 0.31, 2.5. */
static bool is_reference(const char *s)
{
	size_t len = *s == '&' ? 1 : 0;

	if (len && s[len] == '#')
		len++;
	while (len && (str_is_alpha(s[len]) || str_is_digit(s[len])))
		len++;
	return len > 1 && s[len] == ';';
}

/* A destination without angle brackets. */
static void put_target(struct writer *w, const char *s)
{
	for (; *s; s++) {
		if (strchr("() <>\\\n", *s))
			buf_printf(&w->line, "%%%02X", (unsigned)*s);
		else if (is_reference(s))
			buf_puts(&w->line, "&amp;");
		else
			buf_putc(&w->line, *s);
	}
}

static void put_word_byte(struct writer *w, const char *s)
{
	if (w->is_markdown && !w->in_code && strchr("\\`*_[]<", *s))
		buf_putc(&w->line, '\\');
	else if (w->is_markdown && !w->in_code && (is_reference(s) || (s[0] == '~' && s[1] == '~')))
		buf_putc(&w->line, '\\');
	else if (w->is_markdown && w->in_row && *s == '|')
		buf_putc(&w->line, '\\');
	buf_putc(&w->line, *s);
}

static void put_text(struct writer *w, const char *html, size_t len)
{
	struct buf plain = {0};
	const char *s;

	markup_decode(html, len, &plain);
	if (w->in_pre) {
		buf_put(&w->line, plain.data, plain.len);
		buf_finish(&plain);
		return;
	}
	for (s = buf_text(&plain); *s; s++) {
		if (str_is_space(*s)) {
			w->has_space = true;
			continue;
		}
		put_space(w);
		put_word_byte(w, s);
	}
	buf_finish(&plain);
}

static void begin_stress(struct writer *w, const char *mark, const char *name)
{
	size_t i = 0;

	if (!w->is_markdown || w->in_pre || w->in_code || w->stress_count == STRESSED)
		return;
	while (i < w->stress_count && !str_eq(w->stressed[i].mark, mark))
		i++;
	w->stressed[w->stress_count] =
		(struct stress){mark, name, w->line.len, i < w->stress_count};
	w->stress_count++;
}

/* What of the source follows: its first character; a space: it is not known to be a letter. */
static char next_char(const char *source)
{
	struct markup_reader reader = {.next = source};

	switch (markup_next(&reader)) {
	case MARKUP_TEXT: return *reader.start == '&' ? 'x' : *reader.start;
	case MARKUP_END: return '\0';
	default: return markup_is_block(markup_element_of(reader.name)) ? '\0' : '*';
	}
}

static void end_stress(struct writer *w, const char *mark, const struct markup_reader *reader)
{
	if (w->stress_count == 0 || w->in_pre || w->in_code ||
		!str_eq(w->stressed[w->stress_count - 1].mark, mark))
		return;
	put_stress(w, &w->stressed[--w->stress_count], next_char(reader->next));
}

static void put_style(struct writer *w, enum markup_mark mark, bool is_open)
{
	if (!w->lines.is_styled || w->in_pre || w->heading)
		return;
	if (is_open)
		put_space(w);
	buf_putc(&w->line, (char)mark);
}

/* The block of code that was collected in line. */
static void end_pre(struct writer *w)
{
	const char *text = buf_text(&w->line);
	size_t len = w->line.len, n, fence = 3, run = 0, i;
	char marks[16];

	w->in_pre = false;
	while (len > 0 && str_is_space(text[len - 1]))
		len--;
	while (len > 0 && *text == '\n') {
		text++;
		len--;
	}
	if (len == 0)
		goto out;
	for (i = 0; i < len; i++) {
		run = text[i] == '`' ? run + 1 : 0;
		if (run >= fence && run < sizeof(marks) - 1)
			fence = run + 1;
	}
	memset(marks, '`', sizeof(marks));
	lines_gap(&w->lines);
	if (w->is_markdown)
		lines_put(&w->lines, marks, fence);
	while (len > 0) {
		n = strcspn(text, "\n");
		n = n < len ? n : len;
		lines_put(&w->lines, text, n);
		n = n < len ? n + 1 : n;
		text += n;
		len -= n;
	}
	if (w->is_markdown)
		lines_put(&w->lines, marks, fence);
	w->lines.is_tight = false;
out:
	buf_clear(&w->line);
}

static void end_link(struct writer *w)
{
	if (!w->in_link)
		return;
	w->in_link = false;
	if (w->lines.is_styled) {
		buf_printf(&w->line, "%c[%u]", MARKUP_LINK_END, ++w->link_count);
		buf_printf(&w->links, "[%u] %s\n", w->link_count, buf_text(&w->href));
	}
	if (!w->is_markdown || w->in_pre)
		return;
	buf_puts(&w->line, "](");
	put_target(w, buf_text(&w->href));
	buf_putc(&w->line, ')');
	buf_clear(&w->href);
}

static void begin_link(struct writer *w, const struct markup_reader *reader)
{
	end_link(w);
	buf_clear(&w->href);
	if ((!w->is_markdown && !w->lines.is_styled) || w->in_pre || w->in_code ||
		!markup_attr(reader, "href", &w->href))
		return;
	/* A place within the page is nowhere in a terminal. */
	if (w->lines.is_styled && buf_text(&w->href)[0] == '#')
		return;
	put_space(w);
	/* Behind an exclamation mark it would be a picture. */
	if (w->is_markdown && w->line.len > 0 && w->line.data[w->line.len - 1] == '!')
		insert(&w->line, w->line.len - 1, "\\");
	buf_putc(&w->line, w->is_markdown ? '[' : MARKUP_LINK);
	w->in_link = true;
}

static void put_image(struct writer *w, const struct markup_reader *reader)
{
	struct buf src = {0}, alt = {0};
	const char *s;

	if (w->is_markdown && !w->in_pre && markup_attr(reader, "src", &src)) {
		markup_attr(reader, "alt", &alt);
		put_space(w);
		buf_puts(&w->line, "![");
		for (s = buf_text(&alt); *s; s++) {
			if (*s == '\n' || *s == '\r')
				buf_putc(&w->line, ' ');
			else
				put_word_byte(w, s);
		}
		buf_puts(&w->line, "](");
		put_target(w, buf_text(&src));
		buf_putc(&w->line, ')');
	}
	buf_finish(&src);
	buf_finish(&alt);
}

static void begin_cell(struct writer *w)
{
	if (w->in_cell++ > 0) {
		w->has_space = true; /* a table inside of a cell */
		return;
	}
	if (!w->in_row)
		return;
	if (w->is_markdown)
		buf_puts(&w->line, w->columns ? " | " : "| ");
	else if (w->columns)
		buf_puts(&w->line, " | ");
	w->columns++;
	w->has_space = false;
}

static void end_row(struct writer *w)
{
	unsigned i, columns = w->columns;

	w->in_cell = 0;
	if (!w->in_row)
		return;
	if (columns > 0) {
		w->is_row_end = true;
		if (w->is_markdown)
			buf_puts(&w->line, " |");
		end_block(w);
		w->lines.is_tight = true;
		if (w->is_markdown && w->is_first_row) {
			for (i = 0; i < columns; i++)
				buf_puts(&w->line, i ? "---|" : "|---|");
			end_block(w);
			w->lines.is_tight = true;
		}
		w->is_first_row = false;
		w->is_row_end = false;
	}
	w->in_row = false;
	w->columns = 0;
}

static void open_element(struct writer *w, const struct markup_reader *reader)
{
	enum markup_element element = markup_element_of(reader->name);

	if (w->in_pre && element != EL_BREAK)
		return;
	if (markup_is_block(element)) {
		if (element != EL_CELL)
			end_link(w);
		end_block(w);
	}
	switch (element) {
	case EL_HEADING: w->heading = (unsigned)(reader->name[1] - '0'); break;
	case EL_QUOTE: lines_open(&w->lines, FRAME_QUOTE, 0); break;
	case EL_LIST:
		w->lines.is_tight = lines_in_item(&w->lines);
		lines_open(&w->lines, FRAME_LIST, str_eq(reader->name, "ol"));
		break;
	case EL_ITEM: lines_open_item(&w->lines); break;
	case EL_TABLE: w->is_first_row = w->in_cell == 0; break;
	case EL_ROW:
		if (w->in_cell == 0)
			w->in_row = true;
		break;
	case EL_CELL: begin_cell(w); break;
	case EL_PRE: w->in_pre = w->in_cell == 0; break;
	case EL_BREAK:
		if (w->in_pre)
			buf_putc(&w->line, '\n');
		else if (w->in_cell || w->heading || w->in_code)
			w->has_space = true;
		else if (w->line.len > 0)
			buf_puts(&w->line, w->is_markdown ? "\\\n" : "\n");
		if (!w->in_cell && !w->heading && !w->in_code)
			w->has_space = false;
		break;
	case EL_RULE:
		if (w->in_cell)
			break;
		end_block(w);
		lines_gap(&w->lines);
		lines_put(&w->lines, "* * *", 5);
		w->lines.is_tight = false;
		break;
	case EL_LINK: begin_link(w, reader); break;
	case EL_IMAGE: put_image(w, reader); break;
	case EL_STRONG:
		begin_stress(w, "**", "strong");
		put_style(w, MARKUP_BOLD, true);
		break;
	case EL_EMPHASIS:
		begin_stress(w, "*", "em");
		put_style(w, MARKUP_ITALIC, true);
		break;
	case EL_CODE: begin_code(w); break;
	case EL_STRIKE: begin_stress(w, "~~", "del"); break;
	default: break;
	}
}

static void close_element(struct writer *w, const struct markup_reader *reader)
{
	enum markup_element element = markup_element_of(reader->name);

	if (w->in_pre && element != EL_PRE)
		return;
	if (markup_is_block(element) && element != EL_PRE && element != EL_CELL) {
		end_link(w);
		if (element != EL_ROW && element != EL_TABLE)
			end_block(w);
	}
	switch (element) {
	case EL_HEADING: w->heading = 0; break;
	case EL_QUOTE: lines_close(&w->lines, FRAME_QUOTE); break;
	case EL_LIST:
		lines_close(&w->lines, FRAME_LIST);
		w->lines.is_tight = false;
		break;
	case EL_ITEM: lines_close(&w->lines, FRAME_ITEM); break;
	case EL_TABLE:
		if (w->in_cell == 0)
			end_row(w);
		w->lines.is_tight = false;
		break;
	case EL_ROW:
		if (w->in_cell <= 1)
			end_row(w);
		break;
	case EL_CELL:
		end_link(w);
		if (w->in_cell > 0)
			w->in_cell--;
		break;
	case EL_PRE:
		if (w->in_pre)
			end_pre(w);
		break;
	case EL_LINK: end_link(w); break;
	case EL_STRONG:
		end_stress(w, "**", reader);
		put_style(w, MARKUP_BOLD_END, false);
		break;
	case EL_EMPHASIS:
		end_stress(w, "*", reader);
		put_style(w, MARKUP_ITALIC_END, false);
		break;
	case EL_CODE: end_code(w); break;
	case EL_STRIKE: end_stress(w, "~~", reader); break;
	default: break;
	}
}

enum form { FORM_TEXT, FORM_MARKDOWN, FORM_TERMINAL };

static void convert(const char *html, enum form form, size_t width, struct buf *to)
{
	struct markup_reader reader = {.next = html ? html : ""};
	struct writer w = {.lines = {.to = to, .width = width, .is_styled = form == FORM_TERMINAL},
		.is_markdown = form == FORM_MARKDOWN};
	enum markup_token token;

	while ((token = markup_next(&reader)) != MARKUP_END) {
		if (token == MARKUP_TEXT)
			put_text(&w, reader.start, reader.len);
		else if (token == MARKUP_OPEN)
			open_element(&w, &reader);
		else
			close_element(&w, &reader);
	}
	if (w.in_pre)
		end_pre(&w);
	end_link(&w);
	w.in_cell = 0;
	end_block(&w);
	if (w.links.len)
		buf_printf(to, "\n%s", buf_text(&w.links));
	buf_finish(&w.line);
	buf_finish(&w.href);
	buf_finish(&w.links);
	lines_finish(&w.lines);
}

void markup_to_text(const char *html, size_t width, struct buf *to)
{
	convert(html, FORM_TEXT, width, to);
}

void markup_to_terminal(const char *html, size_t width, struct buf *to)
{
	convert(html, FORM_TERMINAL, width, to);
}

void markup_to_markdown(const char *html, struct buf *to)
{
	convert(html, FORM_MARKDOWN, 0, to);
}
