/* The elements of RSS 0.90 to 2.0, its RDF versions included, and of CDF. */
#include "parse/feed_xml.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <string.h>

static void take_guid(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *text = node_string(b, node), *permalink;

	if (!text)
		return;
	build_set(b, FIELD_ID, rank, text);
	permalink = node_attribute(b, node, "isPermaLink");
	if (permalink && !str_ieq(permalink, "true") && !str_eq(permalink, "1"))
		return;
	/* without the attribute many guids are called permalinks that are none */
	if (!url_is_web(text) && (!permalink || !node->base))
		return;
	build_set(b, FIELD_URL, RANK_MAKESHIFT, build_url(b, text, node->base));
}

static void take_enclosure(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *url = node_attribute(b, node, "url");
	struct doc_enclosure enclosure = {0};

	if (!url)
		url = node_attribute(b, node, "href");
	enclosure.url = build_url(b, url, node->base);
	enclosure.type = node_attribute(b, node, "type");
	enclosure.length = build_length(node_attribute(b, node, "length"));
	build_add_enclosure(b, rank, &enclosure);
}

void take_source(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *url = node_attribute(b, node, "url");
	const struct xml_node *child;

	(void)rank;
	if (!b->entry)
		return;
	if (node_has_elements(node)) { /* Atom */
		child = node_child(b, node, XML_NS_ATOM, "title");
		if (child) {
			buf_clear(&b->text);
			node_text(b, child, &b->text);
			b->entry->source_title =
				build_title_html(b, buf_text(&b->text), b->text.len);
		}
		child = node_child(b, node, XML_NS_ATOM, "link");
		if (child)
			url = node_attribute(b, child, "href");
	} else {
		buf_clear(&b->text);
		node_text(b, node, &b->text);
		b->entry->source_title = build_title_html(b, buf_text(&b->text), b->text.len);
		url = node_attribute(b, node, "url");
	}
	b->entry->source_url = build_url(b, url, node->base);
}

/* <image><url/></image>, or RDF's <image rdf:resource="..."/>, which only refers to it. */
static void take_image(struct feed_build *b, const struct xml_node *node, int rank)
{
	const struct xml_node *url = node_child(b, node, b->home, "url");
	const char *text = url ? node_string(b, url) : NULL;

	if (!text && !url && !node_has_elements(node)) {
		text = node_attribute(b, node, "href");
		if (!text)
			text = node_string(b, node);
		if (text && !url_is_web(text) && !b->base_url)
			text = NULL;
		rank--;
	}
	build_add_image(b, rank, build_url(b, text, url ? url->base : node->base), 0, 0);
}

/* CDF: <Logo HREF STYLE="icon"/> */
static void take_logo(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *style = node_attribute(b, node, "style");
	const char *url = build_url(b, node_attribute(b, node, "href"), node->base);

	if (str_ieq(style, "icon") && !b->entry)
		build_set(b, FIELD_ICON, rank, url);
	else
		build_add_image(b, rank, url, 0, 0);
}

static void take_ttl(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *text = node_string(b, node);
	uint64_t minutes;

	(void)rank;
	if (text && str_to_u64(text, 366 * 24 * 60, &minutes))
		b->doc->ttl_min = (int64_t)minutes;
}

static void take_skip_hours(struct feed_build *b, const struct xml_node *node, int rank)
{
	const struct xml_node *child;
	uint64_t hour;

	(void)rank;
	for (child = node->first; child; child = child->next) {
		const char *text = child->kind == XML_ELEMENT ? node_string(b, child) : NULL;

		/* RSS 0.91 counts to 24, which is midnight */
		if (text && str_to_u64(text, 24, &hour))
			b->doc->skip_hours |= 1u << (hour % 24);
	}
}

static void take_skip_days(struct feed_build *b, const struct xml_node *node, int rank)
{
	static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
	const struct xml_node *child;
	size_t i;

	(void)rank;
	for (child = node->first; child; child = child->next) {
		const char *text = child->kind == XML_ELEMENT ? node_string(b, child) : NULL;

		for (i = 0; text && i < ARRAY_LEN(days); i++) {
			if (str_istarts(text, days[i]))
				b->doc->skip_days |= (uint8_t)(1u << i);
		}
	}
}

static void take_generator(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_GENERATOR, rank, node_plain(b, node));
}

#define ROW(name, take, rank) FEED_ROW(XML_NS_NONE, name, take, rank)

const struct feed_row rss_entry_rows[] = {
	ROW("title", take_title, RANK_OWN),
	ROW("link", take_link, RANK_OWN),
	ROW("description", take_summary, RANK_OWN),
	ROW("abstract", take_summary, RANK_GUEST),
	ROW("encoded", take_content, RANK_LAST),
	ROW("guid", take_guid, RANK_OWN),
	ROW("pubdate", take_published, RANK_OWN),
	ROW("author", take_person, RANK_OWN),
	ROW("category", take_category, RANK_OWN),
	ROW("enclosure", take_enclosure, RANK_OWN),
	ROW("comments", take_comments, RANK_OWN),
	ROW("source", take_source, RANK_OWN),
	ROW("image", take_image, RANK_EXTENSION),
	ROW("logo", take_logo, RANK_EXTENSION),
	ROW("language", take_language, RANK_EXTENSION),
	ROW("body", take_content, RANK_GUEST),
	/* Atom's elements without their namespace */
	ROW("id", take_id, RANK_LAST),
	ROW("updated", take_updated, RANK_LAST),
	ROW("published", take_published, RANK_LAST),
	ROW("summary", take_summary, RANK_LAST),
	ROW("content", take_content, RANK_LAST),
	{0},
};

const struct feed_row rss_feed_rows[] = {
	ROW("title", take_title, RANK_OWN),
	ROW("link", take_link, RANK_OWN),
	ROW("description", take_summary, RANK_OWN),
	ROW("abstract", take_summary, RANK_GUEST),
	ROW("language", take_language, RANK_OWN),
	ROW("lastbuilddate", take_updated, RANK_OWN),
	ROW("pubdate", take_updated, RANK_GUEST),
	ROW("managingeditor", take_person, RANK_OWN),
	ROW("author", take_person, RANK_GUEST),
	ROW("category", take_category, RANK_OWN),
	ROW("image", take_image, RANK_OWN),
	ROW("logo", take_logo, RANK_GUEST),
	ROW("ttl", take_ttl, RANK_OWN),
	ROW("skiphours", take_skip_hours, RANK_OWN),
	ROW("skipdays", take_skip_days, RANK_OWN),
	ROW("copyright", take_rights, RANK_OWN),
	ROW("generator", take_generator, RANK_OWN),
	ROW("newlocation", take_new_url, RANK_OWN),
	ROW("updated", take_updated, RANK_LAST),
	ROW("subtitle", take_summary, RANK_LAST),
	{0},
};
