#include "edition/xhtml.h"

#include "core/job.h"
#include "core/markup_read.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "edition/body.h"
#include "edition/xml.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	BLOCKS = 60,  /* nested blocks that are kept; deeper ones lose their tags */
	INLINES = 30, /* the same for inline elements */
	SPAN_MAX = 1000,
	IMAGES_BYTES = 64 * 1024 * 1024, /* of all pictures of a book */
};

enum kind {
	KIND_DROP,   /* the tags go, the inside stays */
	KIND_INLINE, /* phrasing */
	KIND_FLOW,   /* holds blocks and phrasing */
	KIND_PARA,   /* holds phrasing only */
	KIND_LIST,
	KIND_ITEM,
	KIND_TABLE,
	KIND_BODY, /* of a table */
	KIND_ROW,
	KIND_CELL,
	KIND_BREAK,
	KIND_RULE,
	KIND_IMAGE,
};

struct element {
	const char *name;
	enum kind kind;
	const char *as; /* written; NULL: by its own name */
};

/* What is not here is KIND_DROP. */
static const struct element elements[] = {
	{"a", KIND_INLINE, NULL},
	{"abbr", KIND_INLINE, NULL},
	{"acronym", KIND_INLINE, "abbr"},
	{"address", KIND_FLOW, "div"},
	{"article", KIND_FLOW, "div"},
	{"aside", KIND_FLOW, "div"},
	{"b", KIND_INLINE, NULL},
	{"bdi", KIND_INLINE, NULL},
	{"blockquote", KIND_FLOW, NULL},
	{"br", KIND_BREAK, NULL},
	{"center", KIND_FLOW, "div"},
	{"cite", KIND_INLINE, NULL},
	{"code", KIND_INLINE, NULL},
	{"dd", KIND_FLOW, "div"},
	{"del", KIND_INLINE, NULL},
	{"details", KIND_FLOW, "div"},
	{"dir", KIND_LIST, "ul"},
	{"div", KIND_FLOW, NULL},
	{"dl", KIND_FLOW, "div"},
	{"dt", KIND_PARA, "p"},
	{"em", KIND_INLINE, NULL},
	{"figcaption", KIND_FLOW, "div"},
	{"figure", KIND_FLOW, "div"},
	{"footer", KIND_FLOW, "div"},
	{"h1", KIND_PARA, NULL},
	{"h2", KIND_PARA, NULL},
	{"h3", KIND_PARA, NULL},
	{"h4", KIND_PARA, NULL},
	{"h5", KIND_PARA, NULL},
	{"h6", KIND_PARA, NULL},
	{"header", KIND_FLOW, "div"},
	{"hgroup", KIND_FLOW, "div"},
	{"hr", KIND_RULE, NULL},
	{"i", KIND_INLINE, NULL},
	{"img", KIND_IMAGE, NULL},
	{"ins", KIND_INLINE, NULL},
	{"kbd", KIND_INLINE, NULL},
	{"li", KIND_ITEM, NULL},
	{"main", KIND_FLOW, "div"},
	{"mark", KIND_INLINE, NULL},
	{"menu", KIND_LIST, "ul"},
	{"nav", KIND_FLOW, "div"},
	{"ol", KIND_LIST, NULL},
	{"p", KIND_PARA, NULL},
	{"pre", KIND_PARA, NULL},
	{"q", KIND_INLINE, NULL},
	{"s", KIND_INLINE, NULL},
	{"samp", KIND_INLINE, NULL},
	{"section", KIND_FLOW, "div"},
	{"small", KIND_INLINE, NULL},
	{"strike", KIND_INLINE, "s"},
	{"strong", KIND_INLINE, NULL},
	{"sub", KIND_INLINE, NULL},
	{"summary", KIND_PARA, "p"},
	{"sup", KIND_INLINE, NULL},
	{"table", KIND_TABLE, NULL},
	{"tbody", KIND_BODY, NULL},
	{"td", KIND_CELL, NULL},
	{"tfoot", KIND_BODY, "tbody"},
	{"th", KIND_CELL, NULL},
	{"thead", KIND_BODY, "tbody"},
	{"tr", KIND_ROW, NULL},
	{"tt", KIND_INLINE, "code"},
	{"u", KIND_INLINE, NULL},
	{"ul", KIND_LIST, NULL},
	{"var", KIND_INLINE, NULL},
};

static const struct element dropped = {"", KIND_DROP, NULL};
static const struct element implied_item = {"", KIND_ITEM, "li"};

struct block {
	const struct element *element;
	int level; /* of a heading, as written */
};

struct inline_element {
	const struct element *element;
	char *attributes; /* as written; NULL: none */
};

struct writer {
	struct buf *to;
	struct xhtml_images *images;
	struct outline outline;
	int above;
	struct block blocks[BLOCKS];
	size_t depth;
	struct inline_element inlines[INLINES]; /* that are open in the source */
	size_t inline_count;
	size_t written; /* of these, whose start tags stand in the output */
};

static int compare(const void *key, const void *element)
{
	return strcmp(key, ((const struct element *)element)->name);
}

static const struct element *find_element(const char *name)
{
	const struct element *found =
		bsearch(name, elements, ARRAY_LEN(elements), sizeof(*elements), compare);

	return found ? found : &dropped;
}

static enum kind context(const struct writer *w)
{
	return w->depth > 0 ? w->blocks[w->depth - 1].element->kind : KIND_FLOW;
}

static void put_name(struct writer *w, const struct element *element, int level)
{
	if (level)
		buf_printf(w->to, "h%d", level);
	else
		buf_puts(w->to, element->as ? element->as : element->name);
}

/* Inline elements do not reach from one block into another: they end here and go on there. */
static void close_inlines(struct writer *w, size_t keep)
{
	while (w->written > keep) {
		buf_puts(w->to, "</");
		put_name(w, w->inlines[--w->written].element, 0);
		buf_putc(w->to, '>');
	}
}

static void open_inlines(struct writer *w)
{
	for (; w->written < w->inline_count; w->written++) {
		const struct inline_element *open = &w->inlines[w->written];

		buf_putc(w->to, '<');
		put_name(w, open->element, 0);
		if (open->attributes)
			buf_puts(w->to, open->attributes);
		buf_putc(w->to, '>');
	}
}

static void pop_block(struct writer *w)
{
	const struct block *block = &w->blocks[--w->depth];

	close_inlines(w, 0);
	buf_puts(w->to, "</");
	put_name(w, block->element, block->level);
	buf_putc(w->to, '>');
}

static void push_block(struct writer *w, const struct element *element, int level)
{
	w->blocks[w->depth].element = element;
	w->blocks[w->depth++].level = level;
	buf_putc(w->to, '<');
	put_name(w, element, level);
}

/* The number of blocks up to the innermost one of a kind; 0: there is none, or a cell is between.
 */
static size_t depth_of(const struct writer *w, enum kind kind)
{
	size_t i;

	for (i = w->depth; i > 0; i--) {
		enum kind at = w->blocks[i - 1].element->kind;

		if (at == kind)
			return i;
		if (at == KIND_CELL && kind != KIND_CELL)
			return 0;
	}
	return 0;
}

static void pop_to(struct writer *w, size_t depth)
{
	while (w->depth > depth)
		pop_block(w);
}

/* Makes a place where phrasing may stand. False: there is none, as between the rows of a table. */
static bool enter_phrasing(struct writer *w)
{
	switch (context(w)) {
	case KIND_TABLE:
	case KIND_BODY:
	case KIND_ROW: return false;
	case KIND_LIST:
		if (w->depth == BLOCKS)
			return false;
		push_block(w, &implied_item, 0);
		buf_putc(w->to, '>');
		return true;
	default: return true;
	}
}

/* Parts stand in their whole: leaves what is in the way. False: there is no such whole. */
static bool enter_whole(struct writer *w, enum kind whole, enum kind other)
{
	size_t depth = depth_of(w, whole), second = depth_of(w, other);

	if (second > depth)
		depth = second;
	if (depth == 0)
		return false;
	pop_to(w, depth);
	return true;
}

static bool enter_block(struct writer *w, enum kind kind)
{
	close_inlines(w, 0);
	switch (kind) {
	case KIND_ITEM: return enter_whole(w, KIND_LIST, KIND_LIST);
	case KIND_CELL: return enter_whole(w, KIND_ROW, KIND_ROW);
	case KIND_ROW: return enter_whole(w, KIND_BODY, KIND_TABLE);
	case KIND_BODY: return enter_whole(w, KIND_TABLE, KIND_TABLE);
	default: break;
	}
	while (context(w) == KIND_PARA)
		pop_block(w);
	return enter_phrasing(w);
}

static void put_number(
	struct writer *w, const struct markup_reader *tag, const char *name, uint64_t max)
{
	struct buf value = {0};
	uint64_t number;

	if (markup_attr(tag, name, &value) && str_to_u64(buf_text(&value), max, &number) &&
		number > 0)
		buf_printf(w->to, " %s=\"%llu\"", name, (unsigned long long)number);
	buf_finish(&value);
}

static void put_block_attributes(
	struct writer *w, const struct element *element, const struct markup_reader *tag)
{
	struct buf dir = {0};

	if (markup_attr(tag, "dir", &dir) &&
		(str_ieq(buf_text(&dir), "rtl") || str_ieq(buf_text(&dir), "ltr")))
		buf_printf(w->to, " dir=\"%s\"", str_lower(dir.data));
	if (element->kind == KIND_CELL) {
		put_number(w, tag, "colspan", SPAN_MAX);
		put_number(w, tag, "rowspan", SPAN_MAX);
	} else if (str_eq(element->name, "ol")) {
		put_number(w, tag, "start", INT32_MAX);
	}
	buf_finish(&dir);
}

static void open_block(
	struct writer *w, const struct element *element, const struct markup_reader *tag)
{
	int level = heading_level(element->name);

	if (w->depth + 1 >= BLOCKS || !enter_block(w, element->kind))
		return;
	if (level)
		level = outline_place(&w->outline, level, w->above);
	push_block(w, element, level);
	put_block_attributes(w, element, tag);
	buf_putc(w->to, '>');
}

static void close_block(struct writer *w, const struct element *element)
{
	size_t i;

	for (i = w->depth; i > 0; i--) {
		enum kind kind = w->blocks[i - 1].element->kind;

		if (w->blocks[i - 1].element == element) {
			pop_to(w, i - 1);
			return;
		}
		/* What was ended early is not looked for outside of the cell or item. */
		if ((kind == KIND_CELL || kind == KIND_ITEM) && element->kind == KIND_PARA)
			return;
	}
}

static bool has_link(const struct writer *w)
{
	size_t i;

	for (i = 0; i < w->inline_count; i++) {
		if (str_eq(w->inlines[i].element->name, "a"))
			return true;
	}
	return false;
}

static void open_inline(
	struct writer *w, const struct element *element, const struct markup_reader *tag)
{
	struct buf url = {0}, attributes = {0};

	if (w->inline_count == INLINES)
		return;
	if (str_eq(element->name, "a")) {
		buf_puts(&attributes, " href=\"");
		if (has_link(w) || !markup_attr(tag, "href", &url) ||
			!xhtml_put_url(buf_text(&url), &attributes))
			goto out;
		buf_putc(&attributes, '"');
	}
	w->inlines[w->inline_count].element = element;
	w->inlines[w->inline_count++].attributes =
		attributes.len > 0 ? buf_take(&attributes) : NULL;
out:
	buf_finish(&url);
	buf_finish(&attributes);
}

static void close_inline(struct writer *w, const struct element *element)
{
	size_t i;

	for (i = w->inline_count; i > 0; i--) {
		if (w->inlines[i - 1].element == element)
			break;
	}
	if (i == 0)
		return;
	close_inlines(w, i - 1);
	free(w->inlines[i - 1].attributes);
	memmove(&w->inlines[i - 1], &w->inlines[i], (w->inline_count - i) * sizeof(w->inlines[0]));
	w->inline_count--;
}

static bool is_blank(const char *text)
{
	while (str_is_space(*text))
		text++;
	return *text == '\0';
}

static void put_text(struct writer *w, const struct markup_reader *reader)
{
	struct buf text = {0};

	markup_decode(reader->start, reader->len, &text);
	if (is_blank(buf_text(&text))) {
		if (context(w) == KIND_FLOW || context(w) == KIND_PARA || context(w) == KIND_ITEM ||
			context(w) == KIND_CELL)
			put_xml(buf_text(&text), w->to);
	} else if (enter_phrasing(w)) {
		open_inlines(w);
		put_xml(buf_text(&text), w->to);
	}
	buf_finish(&text);
}

static bool is_for_books(const char *path)
{
	const char *dot = strrchr(path, '.');
	size_t i;

	for (i = 0; dot && i < image_type_count; i++) {
		if (str_eq(dot + 1, image_types[i].extension))
			return image_types[i].is_for_books;
	}
	return false;
}

/* Its file is there, and the book does not become too large by it. Counted once. */
static bool has_room(struct xhtml_images *images, const struct edition_image *image)
{
	bool *is_used = &images->is_used[image - images->edition->images];
	char *path = xasprintf("%s/%s", images->edition->images_folder, image->path);
	struct stat info;

	if (!*is_used && stat(path, &info) == 0 && images->bytes + info.st_size <= IMAGES_BYTES) {
		images->bytes += info.st_size;
		*is_used = true;
	}
	free(path);
	return *is_used;
}

bool xhtml_put_image(struct xhtml_images *images, const char *url, const char *alt, struct buf *to)
{
	const struct edition_image *image =
		images ? edition_image_find(images->edition, url) : NULL;

	if (!image || !is_for_books(image->path) || !has_room(images, image))
		return false;
	buf_printf(to, "<img src=\"images/%s\" alt=\"", strchr(image->path, '/') + 1);
	put_xml(alt, to);
	buf_puts(to, "\"/>");
	return true;
}

static void put_picture(struct writer *w, const struct markup_reader *tag)
{
	struct buf alt = {0}, url = {0}, image = {0};

	markup_attr(tag, "alt", &alt);
	if (markup_attr(tag, "src", &url) &&
		xhtml_put_image(w->images, buf_text(&url), buf_text(&alt), &image)) {
		if (enter_phrasing(w)) {
			open_inlines(w);
			buf_put(w->to, image.data, image.len);
		}
	} else if (!is_blank(buf_text(&alt)) && enter_phrasing(w)) {
		open_inlines(w);
		buf_puts(w->to, "<span class=\"picture\">[");
		put_xml(buf_text(&alt), w->to);
		buf_puts(w->to, "]</span>");
	}
	buf_finish(&alt);
	buf_finish(&url);
	buf_finish(&image);
}

static void open_element(struct writer *w, const struct markup_reader *tag)
{
	const struct element *element = find_element(tag->name);

	switch (element->kind) {
	case KIND_DROP: break;
	case KIND_INLINE: open_inline(w, element, tag); break;
	case KIND_IMAGE: put_picture(w, tag); break;
	case KIND_BREAK:
		if (enter_phrasing(w))
			buf_puts(w->to, "<br/>");
		break;
	case KIND_RULE:
		if (enter_block(w, KIND_RULE))
			buf_puts(w->to, "<hr/>");
		break;
	default: open_block(w, element, tag); break;
	}
}

static void close_element(struct writer *w, const struct markup_reader *tag)
{
	const struct element *element = find_element(tag->name);

	if (element->kind == KIND_INLINE)
		close_inline(w, element);
	else if (element->kind != KIND_DROP)
		close_block(w, element);
}

void xhtml_put(struct xhtml_images *images, const char *html, int above, struct buf *to)
{
	struct markup_reader reader = {.next = html ? html : ""};
	struct writer w = {.to = to, .images = images, .above = above};
	enum markup_token token;

	while ((token = markup_next(&reader)) != MARKUP_END) {
		if (token == MARKUP_TEXT)
			put_text(&w, &reader);
		else if (token == MARKUP_OPEN)
			open_element(&w, &reader);
		else
			close_element(&w, &reader);
	}
	close_inlines(&w, 0);
	pop_to(&w, 0);
	while (w.inline_count > 0)
		free(w.inlines[--w.inline_count].attributes);
}

static bool is_hex(char c)
{
	return str_is_digit(c) || (str_lower_char(c) >= 'a' && str_lower_char(c) <= 'f');
}

/* A byte that may stand in a path, query or fragment as it is; those of IRIs may too. */
static bool may_stand(const char *p)
{
	unsigned char c = (unsigned char)*p;

	if (c == '%')
		return is_hex(p[1]) && is_hex(p[2]);
	return c >= 0x80 || str_is_alpha(*p) || str_is_digit(*p) ||
	       (c > ' ' && strchr("-._~:/?#@!$&'()*+,;=", *p));
}

bool xhtml_put_url(const char *url, struct buf *to)
{
	const char *p, *host_end, *fragment;
	struct url parts;
	struct buf text = {0};

	if (url_has_scheme(url, "mailto") || url_has_scheme(url, "tel"))
		host_end = url;
	else if (url_is_web(url)) {
		url_split(url, strlen(url), &parts);
		host_end = parts.path.data;
	} else {
		return false;
	}
	fragment = strchr(url, '#');
	for (p = url; *p; p++) {
		if (p < host_end || (may_stand(p) && (*p != '#' || p == fragment)))
			buf_putc(&text, *p);
		else
			buf_printf(&text, "%%%02X", (unsigned char)*p);
	}
	put_xml(buf_text(&text), to);
	buf_finish(&text);
	return true;
}
