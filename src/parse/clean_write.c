#include "parse/clean_write.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "parse/clean_attr.h"

#include <string.h>

enum { NOWHERE = -1 };

void cleaner_init(struct cleaner *c, const char *base_url, struct buf *to)
{
	memset(c, 0, sizeof(*c));
	c->base_url = base_url;
	c->to = to;
}

static void pop(struct cleaner *c)
{
	const struct clean_element *element = c->stack[--c->depth].element;

	buf_puts(c->to, "</");
	buf_puts(c->to, element->name);
	buf_putc(c->to, '>');
	c->is_in_pre_start = false;
}

static void pop_to(struct cleaner *c, size_t depth)
{
	while (c->depth > depth)
		pop(c);
}

void cleaner_finish(struct cleaner *c)
{
	pop_to(c, 0);
	buf_finish(&c->url);
}

bool cleaner_is_skipping(const struct cleaner *c)
{
	return c->skipped != NULL;
}

bool cleaner_is_in_picture(const struct cleaner *c)
{
	return c->skipped && str_eq(c->skipped->name, "svg");
}

static enum clean_rule rule_at(const struct cleaner *c, int i)
{
	return c->stack[i].element->rule;
}

/* 13.2.4.2: the elements that "in scope" does not look beyond. */
static bool is_scope(enum clean_rule rule)
{
	return rule == CLEAN_TABLE || rule == CLEAN_CELL || rule == CLEAN_CAPTION;
}

/* The innermost open element with this rule, not beyond a scope's border. */
static int find_in_scope(const struct cleaner *c, enum clean_rule rule)
{
	int i;

	for (i = (int)c->depth - 1; i >= 0; i--) {
		if (rule_at(c, i) == rule)
			return i;
		if (is_scope(rule_at(c, i)))
			return NOWHERE;
	}
	return NOWHERE;
}

static int find_table(const struct cleaner *c)
{
	int i;

	for (i = (int)c->depth - 1; i >= 0 && rule_at(c, i) != CLEAN_TABLE; i--)
		continue;
	return i;
}

static void open_implied(struct cleaner *c, const char *name)
{
	const struct clean_element *element = clean_element(name, strlen(name));

	if (c->depth == CLEAN_DEPTH)
		return;
	c->stack[c->depth].element = element;
	c->stack[c->depth++].serial = 0;
	buf_putc(c->to, '<');
	buf_puts(c->to, name);
	buf_putc(c->to, '>');
}

/* Parts of a table stand only in their place. False: this one has no table, its tags go. */
static bool place_table_part(struct cleaner *c, enum clean_rule rule)
{
	int table = find_table(c);
	size_t above = (size_t)table + 1;

	if (table == NOWHERE || table + 4 > CLEAN_DEPTH)
		return false;
	if (rule == CLEAN_COL && c->depth == above + 1 && rule_at(c, (int)above) == CLEAN_COLGROUP)
		return true;
	if (rule == CLEAN_TR || rule == CLEAN_CELL) {
		if (c->depth > above && rule_at(c, (int)above) == CLEAN_SECTION) {
			above++;
		} else {
			pop_to(c, above);
			open_implied(c, "tbody");
			above++;
		}
	}
	if (rule == CLEAN_CELL) {
		if (c->depth > above && rule_at(c, (int)above) == CLEAN_TR) {
			above++;
		} else {
			pop_to(c, above);
			open_implied(c, "tr");
			above++;
		}
	}
	pop_to(c, above);
	if (rule == CLEAN_COL)
		open_implied(c, "colgroup");
	return true;
}

/* The current element is one whose children can only be parts of a table. */
static bool is_in_table_context(const struct cleaner *c)
{
	if (c->depth == 0)
		return false;
	switch (rule_at(c, (int)c->depth - 1)) {
	case CLEAN_TABLE:
	case CLEAN_COLGROUP:
	case CLEAN_SECTION:
	case CLEAN_TR: return true;
	default: return false;
	}
}

/* What a parser would move in front of the table gets a cell. False: too deep. */
static bool leave_table_context(struct cleaner *c)
{
	if (!is_in_table_context(c))
		return true;
	if (!place_table_part(c, CLEAN_CELL))
		return false;
	open_implied(c, "td");
	return true;
}

static void close_p(struct cleaner *c)
{
	int p = find_in_scope(c, CLEAN_P);

	if (p != NOWHERE)
		pop_to(c, (size_t)p);
}

/* "in body": a start tag of li, dd or dt ends the one before it, through div, address and p. */
static void close_item(struct cleaner *c, enum clean_rule rule)
{
	int i;

	for (i = (int)c->depth - 1; i >= 0; i--) {
		if (rule_at(c, i) == rule) {
			pop_to(c, (size_t)i);
			return;
		}
		if (c->stack[i].element->flags & CLEAN_SPECIAL && rule_at(c, i) != CLEAN_DIV &&
			rule_at(c, i) != CLEAN_P)
			return;
	}
}

/*
 * A link within a link: a parser ends the outer one. Where blocks are between, it would split
 * them; there the inner link goes instead. False: it goes.
 */
static bool close_link(struct cleaner *c)
{
	int i, link = find_in_scope(c, CLEAN_A);

	if (link == NOWHERE)
		return true;
	for (i = link + 1; i < (int)c->depth; i++) {
		if (c->stack[i].element->flags & CLEAN_SPECIAL)
			return false;
	}
	pop_to(c, (size_t)link);
	return true;
}

static bool close_ruby_text(struct cleaner *c)
{
	if (find_in_scope(c, CLEAN_RUBY) == NOWHERE)
		return false;
	while (c->depth > 0 && c->stack[c->depth - 1].element->flags & CLEAN_IMPLIED_END)
		pop(c);
	return true;
}

/* Ends what the start tag of element ends. False: the element cannot stand here. */
static bool make_room(struct cleaner *c, const struct clean_element *element)
{
	enum clean_rule rule = element->rule;

	if (rule >= CLEAN_CAPTION)
		return place_table_part(c, rule);
	if (!leave_table_context(c))
		return false;
	if (rule == CLEAN_LI || rule == CLEAN_DD)
		close_item(c, rule);
	if (element->flags & CLEAN_CLOSES_P)
		close_p(c);
	if (rule == CLEAN_HEADING && c->depth > 0 && rule_at(c, (int)c->depth - 1) == CLEAN_HEADING)
		pop(c);
	if (rule == CLEAN_A)
		return close_link(c);
	if (rule == CLEAN_RT)
		return close_ruby_text(c);
	return true;
}

/* A space, so that words on both sides of a dropped tag do not grow together. */
static void put_break(struct cleaner *c)
{
	size_t len = c->to->len;

	if (len > 0 && !str_is_space(c->to->data[len - 1]) && !is_in_table_context(c))
		buf_putc(c->to, ' ');
}

unsigned cleaner_start(struct cleaner *c, const struct clean_element *element,
	const struct clean_given *given, size_t count)
{
	if (c->skipped) {
		if (element == c->skipped)
			c->skip_depth++;
		return 0;
	}
	if (element->flags & CLEAN_DROP) {
		if (!(element->flags & CLEAN_VOID)) {
			c->skipped = element;
			c->skip_depth = 1;
		}
		return 0;
	}
	if (!(element->flags & CLEAN_KEEP)) {
		if (element->flags & CLEAN_BREAKS)
			put_break(c);
		return 0;
	}
	c->resolved = NULL;
	if (!clean_is_worth(c, element, given, count))
		return 0;
	/*
	 * Room for the three elements that a table may imply; its parts have it. What counts is the
	 * place where the element would stand, which is the same when the result is read again.
	 */
	if (!make_room(c, element) ||
		(element->rule < CLEAN_CAPTION && c->depth + 4 > CLEAN_DEPTH)) {
		if (element->flags & CLEAN_BREAKS)
			put_break(c);
		return 0;
	}
	clean_put_tag(c, element, given, count);
	c->is_in_pre_start = element->rule == CLEAN_PRE;
	if (element->flags & CLEAN_VOID)
		return 0;
	c->stack[c->depth].element = element;
	c->stack[c->depth++].serial = ++c->serial;
	return c->serial;
}

void cleaner_end(struct cleaner *c, unsigned serial)
{
	size_t i;

	if (serial == 0)
		return;
	for (i = c->depth; i > 0; i--) {
		if (c->stack[i - 1].serial == serial) {
			pop_to(c, i - 1);
			return;
		}
	}
}

/*
 * The end tag of a formatting element that others overlap: <b><i>x</b>y</i>. Those above it are
 * opened again, without attributes; links are not.
 */
static void end_format(struct cleaner *c, int at)
{
	const struct clean_element *again[8];
	size_t count = 0;
	int i;

	for (i = at + 1; i < (int)c->depth; i++) {
		const struct clean_element *element = c->stack[i].element;

		if (!(element->flags & CLEAN_FORMAT) || count == ARRAY_LEN(again)) {
			count = 0;
			break;
		}
		if (element->rule != CLEAN_A)
			again[count++] = element;
	}
	pop_to(c, (size_t)at);
	for (i = 0; i < (int)count; i++)
		open_implied(c, again[i]->name);
}

void cleaner_end_name(struct cleaner *c, const struct clean_element *element)
{
	bool is_part = element->rule >= CLEAN_TABLE;
	int i;

	if (c->skipped) {
		if (element == c->skipped && --c->skip_depth == 0)
			c->skipped = NULL;
		return;
	}
	if (!(element->flags & CLEAN_KEEP)) {
		if (element->flags & CLEAN_BREAKS)
			put_break(c);
		return;
	}
	for (i = (int)c->depth - 1; i >= 0; i--) {
		const struct clean_element *open = c->stack[i].element;

		if (open == element) {
			if (element->flags & CLEAN_FORMAT)
				end_format(c, i);
			else
				pop_to(c, (size_t)i);
			return;
		}
		if (is_part ? open->rule == CLEAN_TABLE : is_scope(open->rule))
			break;
		/* </span> does not end blocks: "any other end tag" */
		if (!is_part && !(element->flags & (CLEAN_SPECIAL | CLEAN_FORMAT)) &&
			open->flags & CLEAN_SPECIAL)
			break;
	}
	if (element->flags & CLEAN_BREAKS)
		put_break(c);
}

static bool is_blank(const char *text, size_t len)
{
	while (len > 0 && str_is_space(*text)) {
		text++;
		len--;
	}
	return len == 0;
}

void cleaner_text(struct cleaner *c, const char *text, size_t len)
{
	if (c->skipped || len == 0)
		return;
	if (is_in_table_context(c)) {
		if (is_blank(text, len) || !leave_table_context(c))
			return;
	}
	if (c->is_in_pre_start) {
		/* a parser drops the first line break: 13.2.6.4.7 */
		while (len > 0 && (*text == '\n' || *text == '\r')) {
			text++;
			len--;
		}
		if (len == 0)
			return;
		c->is_in_pre_start = false;
	}
	clean_put_escaped(c->to, text, len, false);
}

void cleaner_text_instead(struct cleaner *c, const char *text, size_t len)
{
	const struct clean_element *skipped = c->skipped;

	c->skipped = NULL;
	cleaner_text(c, text, len);
	c->skipped = skipped;
}
