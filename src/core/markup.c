#include "core/markup.h"

#include "core/markup_read.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <string.h>

enum {
	DEPTH = 64,           /* quotations and lists within each other that are told apart */
	SMALLEST_WIDTH = 20,  /* what lists and quotations leave for text at least */
	EXCERPT_SKIP_MAX = 8, /* element names to skip in an excerpt */
};

enum frame_kind { FRAME_QUOTE, FRAME_LIST, FRAME_ITEM };

struct frame {
	enum frame_kind kind;
	unsigned number; /* of an ordered list: the next item; 0: bullets */
	bool has_marker; /* an item whose marker was written */
	bool is_begun;   /* a line of it was written */
	size_t indent;   /* columns of an item's marker */
	unsigned item_number;
};

struct writer {
	struct buf *to;
	bool is_markdown;
	bool is_styled; /* marks of enum markup_mark */
	size_t width;   /* 0: lines are not broken */
	struct frame frames[DEPTH];
	size_t depth;
	size_t too_deep;  /* frames opened beyond DEPTH */
	struct buf line;  /* the block so far; hard breaks are \n in it */
	struct buf href;  /* of the open link */
	struct buf links; /* styled: "[1] https://..." a line */
	unsigned link_count;
	struct buf prefix; /* of the next line, made anew for each */
	bool has_space;    /* white space waits before the next word */
	bool is_tight;     /* only a line break since the block before */
	bool has_output;
	bool in_link, in_pre, in_row, is_first_row;
	bool in_code;     /* a span of it */
	size_t code_from; /* where in line it began */
	bool is_row_end;  /* the row that was collected is written now */
	unsigned in_cell;
	unsigned heading; /* 1 to 6 inside of one */
	unsigned columns; /* cells of this row so far */
};

/* What stands before a line: quotation marks, list markers once, then their width in spaces. */
static const char *line_prefix(struct writer *w)
{
	struct frame *frame;
	size_t i, n;

	buf_clear(&w->prefix);
	for (i = 0; i < w->depth; i++) {
		frame = &w->frames[i];
		frame->is_begun = true;
		if (frame->kind == FRAME_QUOTE) {
			buf_puts(&w->prefix, w->is_styled ? "\xE2\x94\x82 " : "> ");
		} else if (frame->kind == FRAME_ITEM && !frame->has_marker) {
			n = w->prefix.len;
			if (frame->item_number)
				buf_printf(&w->prefix, "%u. ", frame->item_number);
			else
				buf_puts(&w->prefix, w->is_styled ? "\xE2\x80\xA2 " : "- ");
			frame->indent = utf8_columns(w->prefix.data + n);
			frame->has_marker = true;
		} else if (frame->kind == FRAME_ITEM) {
			buf_printf(&w->prefix, "%*s", (int)frame->indent, "");
		}
	}
	return buf_text(&w->prefix);
}

static void put_line(struct writer *w, const char *text, size_t len)
{
	buf_puts(w->to, line_prefix(w));
	buf_put(w->to, text, len);
	while (w->to->len > 0 && w->to->data[w->to->len - 1] == ' ')
		buf_truncate(w->to, w->to->len - 1);
	buf_putc(w->to, '\n');
}

/* How many bytes of a line fit into width columns: up to the last place where it may be broken. */
static size_t line_fit(const char *text, size_t len, size_t width)
{
	size_t at = 0, columns = 0, fit = 0, size;
	unsigned code_point;

	while (at < len) {
		code_point = utf8_decode(text + at, len - at, &size);
		if (code_point == ' ')
			fit = at;
		else if (at > 0 && utf8_is_unspaced(code_point) && columns <= width)
			fit = at;
		columns += (size_t)utf8_width(code_point);
		if (columns > width && fit > 0)
			return fit;
		at += size;
	}
	return len;
}

static void put_wrapped(struct writer *w, const char *text, size_t len)
{
	size_t room, n;

	if (w->width == 0) {
		put_line(w, text, len);
		return;
	}
	do {
		room = w->depth * 2;
		room = w->width > room + SMALLEST_WIDTH ? w->width - room : SMALLEST_WIDTH;
		n = line_fit(text, len, room);
		put_line(w, text, n);
		while (n < len && text[n] == ' ')
			n++;
		text += n;
		len -= n;
	} while (len > 0);
}

/* The distance to the block before: a blank line, or none between items and rows. */
static void put_gap(struct writer *w)
{
	size_t i, depth = w->depth;

	if (!w->has_output) {
		w->has_output = true;
		return;
	}
	if (w->is_tight)
		return;
	/* Within a quotation the blank line belongs to it; before one it does not. */
	for (i = 0; i < depth && w->frames[i].kind == FRAME_QUOTE && w->frames[i].is_begun; i++)
		buf_printf(w->to, i > 0 ? " %s" : "%s", w->is_styled ? "\xE2\x94\x82" : ">");
	buf_putc(w->to, '\n');
}

/* Markdown reads some characters at the beginning of a block as its own. */
static bool needs_escape_at_start(const char *text)
{
	size_t i = 0;

	if (text[0] && strchr("#+=~|>", text[0]))
		return true;
	if (text[0] == '-')
		return true;
	while (str_is_digit(text[i]) && i < 10)
		i++;
	return false;
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

static void put_lines(struct writer *w, const char *text)
{
	size_t len;

	for (;;) {
		len = strcspn(text, "\n");
		put_wrapped(w, text, len);
		if (!text[len])
			return;
		text += len + 1;
	}
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
	for (i = 0; i < fence; i++)
		buf_putc(&w->line, '`');
	buf_printf(&w->line, needs_space ? " %s " : "%s", buf_text(&code));
	for (i = 0; i < fence; i++)
		buf_putc(&w->line, '`');
	buf_finish(&code);
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
	if (w->line.len == 0)
		return;
	text = buf_text(&w->line);
	put_gap(w);
	if (w->is_markdown && !w->in_row) {
		n = ordinal_len(text);
		if (w->heading)
			buf_printf(&whole, "%.*s ", (int)w->heading, "######");
		else if (needs_escape_at_start(text))
			buf_putc(&whole, '\\');
		buf_put(&whole, text, n);
		if (n > 0)
			buf_putc(&whole, '\\');
		text += n;
	}
	if (w->is_styled && w->heading)
		buf_printf(&whole, "%c%s%c", MARKUP_BOLD, text, MARKUP_BOLD_END);
	else
		buf_puts(&whole, text);
	put_lines(w, buf_text(&whole));
	buf_finish(&whole);
	buf_clear(&w->line);
	w->is_tight = false;
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

static void put_mark(struct writer *w, const char *mark, bool is_open)
{
	if (!w->is_markdown || w->in_pre)
		return;
	if (is_open)
		put_space(w);
	buf_puts(&w->line, mark);
}

static void put_style(struct writer *w, enum markup_mark mark, bool is_open)
{
	if (!w->is_styled || w->in_pre || w->heading)
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
	put_gap(w);
	if (w->is_markdown)
		put_line(w, marks, fence);
	while (len > 0) {
		n = strcspn(text, "\n");
		n = n < len ? n : len;
		put_line(w, text, n);
		n = n < len ? n + 1 : n;
		text += n;
		len -= n;
	}
	if (w->is_markdown)
		put_line(w, marks, fence);
	w->is_tight = false;
out:
	buf_clear(&w->line);
}

static void push(struct writer *w, enum frame_kind kind, unsigned number)
{
	if (w->depth == DEPTH) {
		w->too_deep++;
		return;
	}
	memset(&w->frames[w->depth], 0, sizeof(w->frames[0]));
	w->frames[w->depth].kind = kind;
	w->frames[w->depth].number = number;
	w->depth++;
}

/* Closes the innermost frame of this kind and what was left open inside of it. */
static void pop(struct writer *w, enum frame_kind kind)
{
	size_t i;

	if (w->too_deep > 0) {
		w->too_deep--;
		return;
	}
	for (i = w->depth; i > 0; i--) {
		if (w->frames[i - 1].kind == kind) {
			w->depth = i - 1;
			return;
		}
	}
}

static void begin_item(struct writer *w)
{
	struct frame *list = NULL;
	unsigned number = 0;

	if (w->depth > 0 && w->frames[w->depth - 1].kind == FRAME_LIST)
		list = &w->frames[w->depth - 1];
	if (list && list->number)
		number = list->number++;
	if (list && list->has_marker)
		w->is_tight = true;
	if (list)
		list->has_marker = true;
	push(w, FRAME_ITEM, 0);
	if (w->too_deep == 0)
		w->frames[w->depth - 1].item_number = number;
}

static void end_link(struct writer *w)
{
	if (!w->in_link)
		return;
	w->in_link = false;
	if (w->is_styled) {
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
	if ((!w->is_markdown && !w->is_styled) || w->in_pre ||
		!markup_attr(reader, "href", &w->href))
		return;
	/* A place within the page is nowhere in a terminal. */
	if (w->is_styled && buf_text(&w->href)[0] == '#')
		return;
	put_space(w);
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
		w->is_tight = true;
		if (w->is_markdown && w->is_first_row) {
			for (i = 0; i < columns; i++)
				buf_puts(&w->line, i ? "---|" : "|---|");
			end_block(w);
			w->is_tight = true;
		}
		w->is_first_row = false;
		w->is_row_end = false;
	}
	w->in_row = false;
	w->columns = 0;
}

/* What elements do, beside ending the block before them. */
enum element {
	EL_INLINE,
	EL_BLOCK,
	EL_HEADING,
	EL_QUOTE,
	EL_LIST,
	EL_ITEM,
	EL_TABLE,
	EL_ROW,
	EL_CELL,
	EL_PRE,
	EL_BREAK,
	EL_RULE,
	EL_LINK,
	EL_IMAGE,
	EL_STRONG,
	EL_EMPHASIS,
	EL_CODE,
	EL_STRIKE,
};

static enum element element_of(const char *name)
{
	static const struct {
		const char *name;
		enum element element;
	} elements[] = {
		{"p", EL_BLOCK},
		{"div", EL_BLOCK},
		{"section", EL_BLOCK},
		{"article", EL_BLOCK},
		{"aside", EL_BLOCK},
		{"header", EL_BLOCK},
		{"footer", EL_BLOCK},
		{"figure", EL_BLOCK},
		{"figcaption", EL_BLOCK},
		{"caption", EL_BLOCK},
		{"dl", EL_BLOCK},
		{"dt", EL_BLOCK},
		{"dd", EL_BLOCK},
		{"address", EL_BLOCK},
		{"details", EL_BLOCK},
		{"summary", EL_BLOCK},
		{"main", EL_BLOCK},
		{"h1", EL_HEADING},
		{"h2", EL_HEADING},
		{"h3", EL_HEADING},
		{"h4", EL_HEADING},
		{"h5", EL_HEADING},
		{"h6", EL_HEADING},
		{"blockquote", EL_QUOTE},
		{"ul", EL_LIST},
		{"ol", EL_LIST},
		{"menu", EL_LIST},
		{"li", EL_ITEM},
		{"table", EL_TABLE},
		{"tr", EL_ROW},
		{"td", EL_CELL},
		{"th", EL_CELL},
		{"pre", EL_PRE},
		{"br", EL_BREAK},
		{"hr", EL_RULE},
		{"a", EL_LINK},
		{"img", EL_IMAGE},
		{"b", EL_STRONG},
		{"strong", EL_STRONG},
		{"i", EL_EMPHASIS},
		{"em", EL_EMPHASIS},
		{"cite", EL_EMPHASIS},
		{"code", EL_CODE},
		{"kbd", EL_CODE},
		{"samp", EL_CODE},
		{"s", EL_STRIKE},
		{"del", EL_STRIKE},
		{"strike", EL_STRIKE},
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(elements); i++) {
		if (str_eq(name, elements[i].name))
			return elements[i].element;
	}
	return EL_INLINE;
}

static bool is_block(enum element element)
{
	return element >= EL_BLOCK && element <= EL_PRE;
}

static void open_element(struct writer *w, const struct markup_reader *reader)
{
	enum element element = element_of(reader->name);

	if (w->in_pre && element != EL_BREAK)
		return;
	if (is_block(element)) {
		if (element != EL_CELL)
			end_link(w);
		end_block(w);
	}
	switch (element) {
	case EL_HEADING: w->heading = (unsigned)(reader->name[1] - '0'); break;
	case EL_QUOTE: push(w, FRAME_QUOTE, 0); break;
	case EL_LIST:
		w->is_tight = w->depth > 0 && w->frames[w->depth - 1].kind == FRAME_ITEM;
		push(w, FRAME_LIST, str_eq(reader->name, "ol"));
		break;
	case EL_ITEM: begin_item(w); break;
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
		else if (w->in_cell || w->heading)
			w->has_space = true;
		else if (w->line.len > 0)
			buf_puts(&w->line, w->is_markdown ? "\\\n" : "\n");
		if (!w->in_cell && !w->heading)
			w->has_space = false;
		break;
	case EL_RULE:
		if (w->in_cell)
			break;
		end_block(w);
		put_gap(w);
		put_line(w, "* * *", 5);
		w->is_tight = false;
		break;
	case EL_LINK: begin_link(w, reader); break;
	case EL_IMAGE: put_image(w, reader); break;
	case EL_STRONG:
		put_mark(w, "**", true);
		put_style(w, MARKUP_BOLD, true);
		break;
	case EL_EMPHASIS:
		put_mark(w, "*", true);
		put_style(w, MARKUP_ITALIC, true);
		break;
	case EL_CODE: begin_code(w); break;
	case EL_STRIKE: put_mark(w, "~~", true); break;
	default: break;
	}
}

static void close_element(struct writer *w, const struct markup_reader *reader)
{
	enum element element = element_of(reader->name);

	if (w->in_pre && element != EL_PRE)
		return;
	if (is_block(element) && element != EL_PRE && element != EL_CELL) {
		end_link(w);
		if (element != EL_ROW && element != EL_TABLE)
			end_block(w);
	}
	switch (element) {
	case EL_HEADING: w->heading = 0; break;
	case EL_QUOTE: pop(w, FRAME_QUOTE); break;
	case EL_LIST:
		pop(w, FRAME_LIST);
		w->is_tight = false;
		break;
	case EL_ITEM: pop(w, FRAME_ITEM); break;
	case EL_TABLE:
		if (w->in_cell == 0)
			end_row(w);
		w->is_tight = false;
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
		put_mark(w, "**", false);
		put_style(w, MARKUP_BOLD_END, false);
		break;
	case EL_EMPHASIS:
		put_mark(w, "*", false);
		put_style(w, MARKUP_ITALIC_END, false);
		break;
	case EL_CODE: end_code(w); break;
	case EL_STRIKE: put_mark(w, "~~", false); break;
	default: break;
	}
}

enum form { FORM_TEXT, FORM_MARKDOWN, FORM_TERMINAL };

static void convert(const char *html, enum form form, size_t width, struct buf *to)
{
	struct markup_reader reader = {.next = html ? html : ""};
	struct writer w = {.to = to,
		.is_markdown = form == FORM_MARKDOWN,
		.is_styled = form == FORM_TERMINAL,
		.width = width};
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
	buf_finish(&w.prefix);
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

/* Elements whose words do not open an article well. */
static bool is_skipped(const char *name)
{
	static const char *const names[] = {
		"h1", "h2", "h3", "h4", "h5", "h6", "pre", "table", "figcaption", "figure"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq(name, names[i]))
			return true;
	}
	return false;
}

/* Cuts text after max characters, at the last space where the script has them. True: it was cut. */
static bool cut_text(struct buf *text, size_t max)
{
	size_t at = 0, count = 0, last_space = 0, size;
	unsigned code_point;

	while (at < text->len) {
		code_point = utf8_decode(text->data + at, text->len - at, &size);
		if (code_point == ' ' || utf8_is_unspaced(code_point))
			last_space = at;
		if (count++ == max) {
			buf_truncate(text, last_space > at / 2 ? last_space : at);
			return true;
		}
		at += size;
	}
	return false;
}

void markup_to_excerpt(const char *html, size_t max, struct buf *to)
{
	struct markup_reader reader = {.next = html ? html : ""};
	struct buf plain = {0};
	enum markup_token token;
	char skipped[16] = "";
	unsigned skip = 0;

	while (plain.len < max * 8 && (token = markup_next(&reader)) != MARKUP_END) {
		if (token == MARKUP_OPEN && skip == 0 && is_skipped(reader.name))
			memcpy(skipped, reader.name, sizeof(skipped));
		if (token != MARKUP_TEXT && skipped[0] && str_eq(reader.name, skipped)) {
			skip = token == MARKUP_OPEN ? skip + 1 : skip - 1;
			if (skip == 0)
				skipped[0] = '\0';
		}
		if (token == MARKUP_TEXT && skip == 0)
			markup_decode(reader.start, reader.len, &plain);
		else if (is_block(element_of(reader.name)) || str_eq(reader.name, "br"))
			buf_putc(&plain, ' ');
	}
	if (plain.len > 0) {
		str_collapse(plain.data);
		buf_truncate(&plain, strlen(plain.data));
	}
	if (cut_text(&plain, max)) {
		while (plain.len > 0 && strchr(" ,;:", plain.data[plain.len - 1]))
			buf_truncate(&plain, plain.len - 1);
		buf_puts(&plain, "\xE2\x80\xA6");
	}
	buf_put(to, plain.data, plain.len);
	buf_finish(&plain);
}

static size_t count_characters(const char *s, size_t len)
{
	size_t at = 0, count = 0, size;

	while (at < len) {
		utf8_decode(s + at, len - at, &size);
		at += size;
		count++;
	}
	return count;
}

void markup_cut(const char *html, size_t max, struct buf *to)
{
	struct markup_reader reader = {.next = html ? html : ""};
	char open[DEPTH][16];
	size_t depth = 0, count = 0;
	struct buf plain = {0};
	enum markup_token token;
	bool is_cut = false;

	while (!is_cut && (token = markup_next(&reader)) != MARKUP_END) {
		if (token == MARKUP_TEXT) {
			buf_clear(&plain);
			markup_decode(reader.start, reader.len, &plain);
			is_cut = count + count_characters(plain.data, plain.len) > max &&
				 cut_text(&plain, max - count);
			count += count_characters(plain.data, plain.len);
			buf_put_escaped(to, buf_text(&plain));
			continue;
		}
		if (token == MARKUP_OPEN && count >= max) {
			is_cut = true;
			break;
		}
		if (token == MARKUP_OPEN && !reader.is_void) {
			if (depth == DEPTH)
				continue;
			memcpy(open[depth++], reader.name, sizeof(open[0]));
		} else if (token == MARKUP_CLOSE) {
			if (depth == 0 || !str_eq(open[depth - 1], reader.name))
				continue; /* not one of those that were opened */
			depth--;
		}
		buf_put(to, reader.start, reader.len);
	}
	if (is_cut)
		buf_puts(to, "\xE2\x80\xA6");
	while (depth > 0)
		buf_printf(to, "</%s>", open[--depth]);
	buf_finish(&plain);
}
