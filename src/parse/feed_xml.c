#include "parse/feed_xml.h"

#include "core/date.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "parse/clean_attr.h"

#include <string.h>
#include <strings.h>

void node_text(struct feed_build *b, const struct xml_node *node, struct buf *to)
{
	const struct xml_node *child;

	for (child = node->first; child; child = child->next) {
		if (child->kind == XML_ELEMENT)
			node_text(b, child, to);
		else
			xml_put_text(b->reader, child->text, child->text_len,
				child->kind == XML_LITERAL, to);
	}
}

static char *trimmed(struct feed_build *b, const struct buf *text)
{
	char *copy;

	if (text->len == 0)
		return NULL;
	copy = str_trim(arena_strndup(b->arena, text->data, text->len));
	return *copy ? copy : NULL;
}

char *node_string(struct feed_build *b, const struct xml_node *node)
{
	buf_clear(&b->text);
	node_text(b, node, &b->text);
	return trimmed(b, &b->text);
}

char *node_attribute(struct feed_build *b, const struct xml_node *node, const char *name)
{
	if (!xml_value(b->reader, node, name, &b->text))
		return NULL;
	return trimmed(b, &b->text);
}

const char *node_plain(struct feed_build *b, const struct xml_node *node)
{
	buf_clear(&b->text);
	node_text(b, node, &b->text);
	return build_plain(b, buf_text(&b->text), b->text.len);
}

const char *attribute_plain(struct feed_build *b, const struct xml_node *node, const char *name)
{
	if (!xml_value(b->reader, node, name, &b->text))
		return NULL;
	return build_plain(b, buf_text(&b->text), b->text.len);
}

bool node_has_elements(const struct xml_node *node)
{
	const struct xml_node *child;

	for (child = node->first; child; child = child->next) {
		if (child->kind == XML_ELEMENT)
			return true;
	}
	return false;
}

enum xml_ns node_ns(const struct feed_build *b, const struct xml_node *node)
{
	/* a prefix would stand before the name in the source */
	if (b->is_home_alien && node->ns == b->alien && node->name[-1] != ':')
		return b->home;
	return node->ns;
}

const struct xml_node *node_child(
	const struct feed_build *b, const struct xml_node *node, enum xml_ns ns, const char *name)
{
	const struct xml_node *child;

	for (child = node->first; child; child = child->next) {
		if (child->kind == XML_ELEMENT && node_ns(b, child) == ns &&
			strncasecmp(child->name, name, child->name_len) == 0 &&
			name[child->name_len] == '\0')
			return child;
	}
	return NULL;
}

static bool is_url_attribute(const struct xml_attribute *a)
{
	static const char *const names[] = {"href", "src", "cite", "poster"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (strncasecmp(a->name, names[i], a->name_len) == 0 &&
			names[i][a->name_len] == '\0')
			return true;
	}
	return false;
}

static void put_attributes(
	struct feed_build *b, const struct xml_node *node, const char *base, struct buf *to)
{
	struct buf value = {0}, url = {0};
	size_t i;

	for (i = 0; i < node->attribute_count; i++) {
		const struct xml_attribute *a = &node->attributes[i];

		if (a->ns != XML_NS_NONE && a->ns != XML_NS_XHTML)
			continue;
		buf_clear(&value);
		xml_put_text(b->reader, a->value, a->value_len, false, &value);
		buf_putc(to, ' ');
		buf_put(to, a->name, a->name_len);
		buf_puts(to, "=\"");
		if (node->base != base && is_url_attribute(a)) {
			buf_clear(&url);
			url_resolve(node->base, buf_text(&value), &url);
			clean_put_escaped(to, buf_text(&url), url.len, true);
		} else {
			clean_put_escaped(to, buf_text(&value), value.len, true);
		}
		buf_putc(to, '"');
	}
	buf_finish(&value);
	buf_finish(&url);
}

/* Elements of languages that are not HTML give their text only, but those that must go whole. */
static bool is_written(const struct xml_node *node)
{
	static const char *const whole[] = {"svg", "script", "style", "template", "iframe"};
	size_t i;

	if (node->ns != XML_NS_OTHER)
		return true;
	for (i = 0; i < ARRAY_LEN(whole); i++) {
		if (strncasecmp(node->name, whole[i], node->name_len) == 0 &&
			whole[i][node->name_len] == '\0')
			return true;
	}
	return false;
}

static bool is_void(const struct xml_node *node)
{
	const struct clean_element *element = clean_element(node->name, node->name_len);

	return element && element->flags & CLEAN_VOID;
}

static void put_inside(struct feed_build *b, const struct xml_node *node, bool is_text_markup,
	const char *base, struct buf *to);

static void put_element(struct feed_build *b, const struct xml_node *node, bool is_text_markup,
	const char *base, struct buf *to)
{
	bool is_tag = is_written(node);

	if (is_tag) {
		buf_putc(to, '<');
		buf_put(to, node->name, node->name_len);
		put_attributes(b, node, base, to);
		buf_putc(to, '>');
	}
	put_inside(b, node, is_text_markup, base, to);
	if (is_tag && !is_void(node)) {
		buf_puts(to, "</");
		buf_put(to, node->name, node->name_len);
		buf_putc(to, '>');
	}
}

static void put_inside(struct feed_build *b, const struct xml_node *node, bool is_text_markup,
	const char *base, struct buf *to)
{
	const struct xml_node *child;
	struct buf text = {0};

	for (child = node->first; child; child = child->next) {
		if (child->kind == XML_ELEMENT) {
			put_element(b, child, is_text_markup, base, to);
			continue;
		}
		if (is_text_markup) {
			xml_put_text(b->reader, child->text, child->text_len,
				child->kind == XML_LITERAL, to);
			continue;
		}
		buf_clear(&text);
		xml_put_text(
			b->reader, child->text, child->text_len, child->kind == XML_LITERAL, &text);
		clean_put_escaped(to, buf_text(&text), text.len, false);
	}
	buf_finish(&text);
}

void node_source(
	struct feed_build *b, const struct xml_node *node, bool is_text_markup, struct buf *to)
{
	put_inside(b, node, is_text_markup, node->base, to);
}

/* --- what RSS and the extensions share --- */

/* A text that is HTML, escaped or not. */
static const char *html_of(struct feed_build *b, const struct xml_node *node)
{
	buf_clear(&b->text);
	node_source(b, node, true, &b->text);
	return build_html(b, buf_text(&b->text), b->text.len, node->base);
}

static const char *plain_of(struct feed_build *b, const struct xml_node *node)
{
	buf_clear(&b->text);
	node_source(b, node, true, &b->text);
	return build_title_html(b, buf_text(&b->text), b->text.len);
}

static bool would_take(const struct feed_build *b, enum feed_field field, int rank)
{
	return rank > (b->entry ? b->entry_ranks : b->feed_ranks)[field];
}

void take_title(struct feed_build *b, const struct xml_node *node, int rank)
{
	if (would_take(b, FIELD_TITLE, rank))
		build_set(b, FIELD_TITLE, rank, plain_of(b, node));
}

void take_summary(struct feed_build *b, const struct xml_node *node, int rank)
{
	if (would_take(b, FIELD_SUMMARY, rank))
		build_set(b, FIELD_SUMMARY, rank, b->entry ? html_of(b, node) : plain_of(b, node));
}

void take_content(struct feed_build *b, const struct xml_node *node, int rank)
{
	if (b->entry && would_take(b, FIELD_CONTENT, rank))
		build_set(b, FIELD_CONTENT, rank, html_of(b, node));
}

void take_link(struct feed_build *b, const struct xml_node *node, int rank)
{
	const struct xml_node *anchor = node_child(b, node, XML_NS_NONE, "a");

	if (xml_attribute(node, "href")) /* an Atom link in RSS whose prefix was lost */
		take_atom_link(b, node, RANK_BEST);
	else if (anchor && xml_attribute(anchor, "href"))
		build_set(b, FIELD_URL, rank,
			build_url(b, node_attribute(b, anchor, "href"), anchor->base));
	else
		build_set(b, FIELD_URL, rank, build_url(b, node_string(b, node), node->base));
	b->is_link_due = !node->first;
}

void take_text_after_link(struct feed_build *b, const char *text, size_t len, const char *base)
{
	const char *url;

	buf_clear(&b->text);
	xml_put_text(b->reader, text, len, false, &b->text);
	url = trimmed(b, &b->text);
	b->is_link_due = false;
	if (url && url_is_web(url))
		build_set(b, FIELD_URL, RANK_OWN, build_url(b, url, base));
}

void take_published(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *text = node_string(b, node);

	if (text)
		build_set_date(b, FIELD_PUBLISHED, rank, text);
}

void take_updated(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *text = node_string(b, node);

	if (text)
		build_set_date(b, FIELD_UPDATED, rank, text);
}

void take_category(struct feed_build *b, const struct xml_node *node, int rank)
{
	(void)rank;
	build_add_category(b, node_plain(b, node), NULL, node_attribute(b, node, "domain"));
}

void take_language(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_LANGUAGE, rank, node_string(b, node));
}

void take_person(struct feed_build *b, const struct xml_node *node, int rank)
{
	const struct xml_node *name = node_child(b, node, b->home, "name");

	if (!name)
		name = node_child(b, node, XML_NS_ATOM, "name");
	if (name) { /* Atom's author in an element of RSS */
		take_atom_author(b, node, rank);
		return;
	}
	build_add_person(b, rank, node_plain(b, node));
}

void take_comments(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_COMMENTS, rank, build_url(b, node_string(b, node), node->base));
}

void take_image_url(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *text = node_attribute(b, node, "href");

	if (!text)
		text = node_attribute(b, node, "url");
	if (!text)
		text = node_string(b, node);
	build_add_image(b, rank, build_url(b, text, node->base), 0, 0);
}

/* RSS copyright, dc:rights: HTML-ish, as titles are. */
void take_rights(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_RIGHTS, rank, plain_of(b, node));
}

void take_contributor(struct feed_build *b, const struct xml_node *node, int rank)
{
	(void)rank;
	build_add_credit(b, node_plain(b, node), "contributor", NULL);
}

/* The feed has moved: newLocation, itunes:new-feed-url. */
void take_new_url(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_NEW_URL, rank, build_url(b, node_string(b, node), node->base));
}

void take_id(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_ID, rank, node_string(b, node));
}

void take_entry_attributes(struct feed_build *b, const struct xml_node *node)
{
	const struct xml_attribute *about = xml_attribute_ns(node, XML_NS_RDF, "about");
	const char *text;

	if (!about)
		about = xml_attribute(node, "rdf:about");
	if (about) {
		buf_clear(&b->text);
		xml_put_text(b->reader, about->value, about->value_len, false, &b->text);
		build_set(b, FIELD_ID, RANK_GUEST, trimmed(b, &b->text));
	}
	/* CDF: <Item HREF LASTMOD> */
	text = node_attribute(b, node, "href");
	if (text)
		build_set(b, FIELD_URL, RANK_GUEST, build_url(b, text, node->base));
	text = node_attribute(b, node, "lastmod");
	if (text)
		build_set_date(b, FIELD_UPDATED, RANK_OWN, text);
	if (xml_attribute_ns(node, XML_NS_XML, "lang"))
		build_set(b, FIELD_LANGUAGE, RANK_OWN, node->language);
}
