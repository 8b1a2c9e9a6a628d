#include "edition/body.h"

#include "core/markup_read.h"
#include "core/mem.h"
#include "core/str.h"

#include <string.h>

enum { DEEPEST = 6, NESTED = 8 };

struct body {
	const struct edition *edition;
	struct outline outline;
	int above;
	int open[NESTED]; /* levels of the headings that are open: one, unless nested */
	int depth;
	unsigned lists;        /* that are open */
	bool is_at_code_start; /* nothing of a <pre> has been written yet */
};

int heading_level(const char *name)
{
	return name[0] == 'h' && name[1] >= '1' && name[1] <= '6' && !name[2] ? name[1] - '0' : 0;
}

int outline_place(struct outline *outline, int level, int above)
{
	while (outline->depth > 0 && outline->levels[outline->depth - 1] >= level)
		outline->depth--;
	if (outline->depth < OUTLINE_LEVELS)
		outline->levels[outline->depth++] = level;
	level = above + outline->depth;
	return level > DEEPEST ? DEEPEST : level;
}

static void put_heading(struct body *body, int level, bool is_end, struct buf *to)
{
	if (is_end) {
		level = body->depth > 0 && body->depth-- <= NESTED ? body->open[body->depth]
								   : body->above + 1;
	} else {
		level = outline_place(&body->outline, level, body->above);
		if (body->depth < NESTED)
			body->open[body->depth] = level;
		body->depth++;
	}
	buf_printf(to, "%sh%d", is_end ? "/" : "", level);
}

static void put_extra_attributes(const struct markup_reader *tag, struct buf *to)
{
	struct buf alt = {0};

	if (str_eq(tag->name, "img")) {
		buf_puts(to, " loading=\"lazy\" decoding=\"async\"");
		if (!markup_attr(tag, "alt", &alt))
			buf_puts(to, " alt=\"\"");
	} else if (str_eq(tag->name, "video") || str_eq(tag->name, "audio")) {
		buf_puts(to, " preload=\"none\"");
	}
	buf_finish(&alt);
}

bool body_put_stored(const struct edition *edition, const char *url, struct buf *to)
{
	const struct edition_image *image =
		edition->images_at ? edition_image_find(edition, url) : NULL;

	if (!image)
		return false;
	buf_printf(to, " src=\"%s/%s\"", edition->images_at, image->path);
	if (image->width > 0)
		buf_printf(to, " width=\"%d\" height=\"%d\"", image->width, image->height);
	return true;
}

/* A picture with a copy: what else its author said of it stays. */
static bool put_stored(const struct body *body, const struct markup_reader *tag, struct buf *to)
{
	struct buf url = {0}, alt = {0};
	bool is = str_eq(tag->name, "img") && markup_attr(tag, "src", &url) &&
		  body_put_stored(body->edition, buf_text(&url), to);

	if (is) {
		markup_attr(tag, "alt", &alt);
		buf_puts(to, " alt=\"");
		buf_put_escaped(to, buf_text(&alt));
		buf_puts(to, "\" loading=\"lazy\" decoding=\"async\"");
	}
	buf_finish(&url);
	buf_finish(&alt);
	return is;
}

static bool is_list(const char *name)
{
	return str_eq(name, "ul") || str_eq(name, "ol") || str_eq(name, "menu");
}

/* The name to write. An item outside of a list, as a cut text begins with, is a block. */
static const char *name_of(struct body *body, const char *name, bool is_end)
{
	if (is_list(name)) {
		if (!is_end)
			body->lists++;
		else if (body->lists > 0)
			body->lists--;
	} else if (str_eq(name, "li") && body->lists == 0) {
		return "div";
	}
	return name;
}

static void put_tag(struct body *body, const struct markup_reader *tag, bool is_end, struct buf *to)
{
	int level = heading_level(tag->name);
	const char *name = name_of(body, tag->name, is_end);

	if (!str_eq(tag->name, "code"))
		body->is_at_code_start = str_eq(tag->name, "pre") && !is_end;
	buf_putc(to, '<');
	if (level)
		put_heading(body, level, is_end, to);
	else
		buf_printf(to, "%s%s", is_end ? "/" : "", name);
	if (name == tag->name && (is_end || !put_stored(body, tag, to))) {
		if (!is_end)
			put_extra_attributes(tag, to);
		buf_put(to, tag->attrs, tag->attrs_len);
	}
	buf_putc(to, '>');
}

/* Blank lines above code stand there because its author wrote it below its tag. */
static void put_text(struct body *body, const struct markup_reader *text, struct buf *to)
{
	size_t skipped = 0, i;

	for (i = 0; body->is_at_code_start && i < text->len && str_is_space(text->start[i]); i++) {
		if (text->start[i] == '\n')
			skipped = i + 1;
	}
	body->is_at_code_start = body->is_at_code_start && i == text->len;
	buf_put(to, text->start + skipped, text->len - skipped);
}

void body_put(const struct edition *edition, const char *html, int above, struct buf *to)
{
	struct markup_reader reader = {.next = html ? html : ""};
	struct body body = {.edition = edition, .above = above};
	enum markup_token token;

	while ((token = markup_next(&reader)) != MARKUP_END) {
		if (token == MARKUP_TEXT)
			put_text(&body, &reader, to);
		else
			put_tag(&body, &reader, token == MARKUP_CLOSE, to);
	}
}

bool body_has_image(const char *html)
{
	return html && strstr(html, "<img") != NULL;
}

bool body_shows(const char *html, const char *image)
{
	const char *end = image + strcspn(image, "?#"), *start = image;

	/* One page links by https what its feed links by http. */
	if (str_starts(image, "https:"))
		start += strlen("https:");
	else if (str_starts(image, "http:"))
		start += strlen("http:");
	return html && end > start && memmem(html, strlen(html), start, (size_t)(end - start));
}
