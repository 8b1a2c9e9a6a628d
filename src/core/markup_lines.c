#include "core/markup_lines.h"

#include "core/utf8.h"

#include <string.h>

enum { SMALLEST_WIDTH = 20 }; /* what lists and quotations leave for text at least */

void lines_finish(struct markup_lines *lines)
{
	buf_finish(&lines->prefix);
}

/* What stands before a line: quotation marks, list markers once, then their width in spaces. */
static const char *line_prefix(struct markup_lines *lines)
{
	struct line_frame *frame;
	size_t i, n;

	buf_clear(&lines->prefix);
	for (i = 0; i < lines->depth; i++) {
		frame = &lines->frames[i];
		frame->is_begun = true;
		if (frame->kind == FRAME_QUOTE) {
			buf_puts(&lines->prefix, lines->is_styled ? "\xE2\x94\x82 " : "> ");
		} else if (frame->kind == FRAME_ITEM && !frame->has_marker) {
			n = lines->prefix.len;
			if (frame->item_number)
				buf_printf(&lines->prefix, "%u. ", frame->item_number);
			else
				buf_puts(&lines->prefix, lines->is_styled ? "\xE2\x80\xA2 " : "- ");
			frame->indent = utf8_columns(lines->prefix.data + n);
			frame->has_marker = true;
		} else if (frame->kind == FRAME_ITEM) {
			buf_printf(&lines->prefix, "%*s", (int)frame->indent, "");
		}
	}
	return buf_text(&lines->prefix);
}

void lines_put(struct markup_lines *lines, const char *text, size_t len)
{
	buf_puts(lines->to, line_prefix(lines));
	buf_put(lines->to, text, len);
	while (lines->to->len > 0 && lines->to->data[lines->to->len - 1] == ' ')
		buf_truncate(lines->to, lines->to->len - 1);
	buf_putc(lines->to, '\n');
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

static void put_wrapped(struct markup_lines *lines, const char *text, size_t len)
{
	size_t room, n;

	if (lines->width == 0) {
		lines_put(lines, text, len);
		return;
	}
	do {
		room = lines->depth * 2;
		room = lines->width > room + SMALLEST_WIDTH ? lines->width - room : SMALLEST_WIDTH;
		n = line_fit(text, len, room);
		lines_put(lines, text, n);
		while (n < len && text[n] == ' ')
			n++;
		text += n;
		len -= n;
	} while (len > 0);
}

void lines_gap(struct markup_lines *lines)
{
	size_t i, depth = lines->depth;

	if (!lines->has_output) {
		lines->has_output = true;
		return;
	}
	if (lines->is_tight)
		return;
	/* Within a quotation the blank line belongs to it; before one it does not. */
	for (i = 0; i < depth && lines->frames[i].kind == FRAME_QUOTE && lines->frames[i].is_begun;
		i++)
		buf_printf(
			lines->to, i > 0 ? " %s" : "%s", lines->is_styled ? "\xE2\x94\x82" : ">");
	buf_putc(lines->to, '\n');
}

void lines_put_wrapped(struct markup_lines *lines, const char *text)
{
	size_t len;

	for (;;) {
		len = strcspn(text, "\n");
		put_wrapped(lines, text, len);
		if (!text[len])
			return;
		text += len + 1;
	}
}

void lines_open(struct markup_lines *lines, enum line_frame_kind kind, unsigned number)
{
	if (lines->depth == LINES_DEPTH) {
		lines->too_deep++;
		return;
	}
	memset(&lines->frames[lines->depth], 0, sizeof(lines->frames[0]));
	lines->frames[lines->depth].kind = kind;
	lines->frames[lines->depth].number = number;
	lines->depth++;
}

void lines_close(struct markup_lines *lines, enum line_frame_kind kind)
{
	size_t i;

	if (lines->too_deep > 0) {
		lines->too_deep--;
		return;
	}
	for (i = lines->depth; i > 0; i--) {
		if (lines->frames[i - 1].kind == kind) {
			lines->depth = i - 1;
			return;
		}
	}
}

void lines_open_item(struct markup_lines *lines)
{
	struct line_frame *list = NULL;
	unsigned number = 0;

	if (lines->depth > 0 && lines->frames[lines->depth - 1].kind == FRAME_LIST)
		list = &lines->frames[lines->depth - 1];
	if (list && list->number)
		number = list->number++;
	if (list && list->has_marker)
		lines->is_tight = true;
	if (list)
		list->has_marker = true;
	lines_open(lines, FRAME_ITEM, 0);
	if (lines->too_deep == 0)
		lines->frames[lines->depth - 1].item_number = number;
}

bool lines_in_item(const struct markup_lines *lines)
{
	return lines->depth > 0 && lines->frames[lines->depth - 1].kind == FRAME_ITEM;
}
