/* Elements of other namespaces that every XML format may carry. */
#include "parse/feed_xml.h"

#include "core/str.h"

#include <string.h>

/* <itunes:category text="a"><itunes:category text="b"/></itunes:category> */
static void take_itunes_category(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *text = node_attribute(b, node, "text");
	const struct xml_node *child;

	if (!text)
		text = node_string(b, node);
	if (text)
		build_add_category(b, build_plain(b, text, strlen(text)));
	for (child = node->first; child; child = child->next) {
		if (xml_is(child, node->ns, "category"))
			take_itunes_category(b, child, rank);
	}
}

/* <itunes:owner><itunes:name/><itunes:email/></itunes:owner> */
static void take_owner(struct feed_build *b, const struct xml_node *node, int rank)
{
	const struct xml_node *part = node_child(b, node, XML_NS_ITUNES, "name");
	const char *name = NULL, *email = NULL;

	if (part) {
		name = node_string(b, part);
		name = name ? build_plain(b, name, strlen(name)) : NULL;
	}
	part = node_child(b, node, XML_NS_ITUNES, "email");
	if (part)
		email = node_string(b, part);
	build_add_author(b, rank, name, email, NULL);
}

static void take_new_feed_url(struct feed_build *b, const struct xml_node *node, int rank)
{
	(void)rank;
	if (!b->doc->new_url)
		b->doc->new_url = build_url(b, node_string(b, node), node->base);
}

/* --- Media RSS --- */

static bool is_image(struct feed_build *b, const struct xml_node *node)
{
	const char *medium = node_attribute(b, node, "medium"), *type;

	if (medium)
		return str_ieq(medium, "image");
	type = node_attribute(b, node, "type");
	return type && str_istarts(type, "image/");
}

static void take_media(struct feed_build *b, const struct xml_node *node);

static void take_media_content(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *url = build_url(b, node_attribute(b, node, "url"), node->base), *type;

	if (url && is_image(b, node)) {
		build_set(b, FIELD_IMAGE, RANK_GUEST, url);
	} else if (url) {
		type = node_attribute(b, node, "type");
		build_add_enclosure(b, rank, url, type, node_attribute(b, node, "fileSize"));
	}
	take_media(b, node);
}

static void take_media_group(struct feed_build *b, const struct xml_node *node, int rank)
{
	(void)rank;
	take_media(b, node);
}

static void take_thumbnail(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *url = node_attribute(b, node, "url");

	if (!url)
		url = node_string(b, node);
	build_set(b, FIELD_IMAGE, rank, build_url(b, url, node->base));
}

static void take_media_category(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *label;

	if (node->first) {
		take_category(b, node, rank);
		return;
	}
	label = node_attribute(b, node, "label");
	if (label)
		build_add_category(b, build_plain(b, label, strlen(label)));
}

/* type is plain or html; many write html without saying so. */
static void take_media_text(struct feed_build *b, const struct xml_node *node, int rank)
{
	if (b->entry)
		take_summary(b, node, rank);
}

static void take_media_title(struct feed_build *b, const struct xml_node *node, int rank)
{
	if (b->entry)
		take_title(b, node, rank);
}

static const struct feed_row media_rows[] = {
	FEED_ROW(XML_NS_MEDIA, "content", take_media_content, RANK_GUEST),
	FEED_ROW(XML_NS_MEDIA, "group", take_media_group, RANK_GUEST),
	FEED_ROW(XML_NS_MEDIA, "thumbnail", take_thumbnail, RANK_BEST),
	FEED_ROW(XML_NS_MEDIA, "description", take_media_text, RANK_MAKESHIFT),
	FEED_ROW(XML_NS_MEDIA, "title", take_media_title, RANK_MAKESHIFT),
	FEED_ROW(XML_NS_MEDIA, "category", take_media_category, RANK_EXTENSION),
	{0},
};

/* What stands within a group or a content. */
static void take_media(struct feed_build *b, const struct xml_node *node)
{
	const struct xml_node *child;
	const struct feed_row *row;

	for (child = node->first; child; child = child->next) {
		for (row = media_rows; row->name; row++) {
			if (xml_is(child, row->ns, row->name))
				row->take(b, child, row->rank);
		}
	}
}

/* --- scheduling --- */

static void take_update_period(struct feed_build *b, const struct xml_node *node, int rank)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} periods[] = {
		{"hourly", 3600},
		{"daily", 86400},
		{"weekly", 7 * 86400},
		{"monthly", 30 * 86400},
		{"yearly", 365 * 86400},
	};
	const char *text = node_string(b, node);
	size_t i;

	(void)rank;
	for (i = 0; text && i < sizeof(periods) / sizeof(periods[0]); i++) {
		if (str_ieq(text, periods[i].name))
			b->sy_period_s = periods[i].seconds;
	}
}

static void take_update_frequency(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *text = node_string(b, node);
	uint64_t n;

	(void)rank;
	if (text && str_to_u64(text, 86400, &n) && n > 0) {
		b->sy_frequency = (int64_t)n;
		if (b->sy_period_s == 0)
			b->sy_period_s = 86400; /* the module's default */
	}
}

static void take_complete(struct feed_build *b, const struct xml_node *node, int rank)
{
	(void)node, (void)rank;
	b->doc->is_complete = true;
}

static void take_archive(struct feed_build *b, const struct xml_node *node, int rank)
{
	(void)node, (void)rank;
	b->doc->is_archive = true;
}

/* The publisher's own address, where links go through a counter that has since been switched off.
 */
static void take_original_link(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_URL, rank, build_url(b, node_string(b, node), node->base));
}

const struct feed_row extension_entry_rows[] = {
	FEED_ROW(XML_NS_DC, "title", take_title, RANK_EXTENSION),
	FEED_ROW(XML_NS_DC, "creator", take_person, RANK_GUEST),
	FEED_ROW(XML_NS_DC, "author", take_person, RANK_GUEST),
	FEED_ROW(XML_NS_DC, "date", take_published, RANK_EXTENSION),
	FEED_ROW(XML_NS_DC, "subject", take_category, RANK_EXTENSION),
	FEED_ROW(XML_NS_DC, "description", take_summary, RANK_EXTENSION),
	FEED_ROW(XML_NS_DC, "language", take_language, RANK_EXTENSION),
	FEED_ROW(XML_NS_DC, "identifier", take_id, RANK_MAKESHIFT),
	FEED_ROW(XML_NS_DCTERMS, "title", take_title, RANK_EXTENSION),
	FEED_ROW(XML_NS_DCTERMS, "creator", take_person, RANK_GUEST),
	FEED_ROW(XML_NS_DCTERMS, "issued", take_published, RANK_EXTENSION),
	FEED_ROW(XML_NS_DCTERMS, "created", take_published, RANK_LAST),
	FEED_ROW(XML_NS_DCTERMS, "modified", take_updated, RANK_EXTENSION),
	FEED_ROW(XML_NS_DCTERMS, "subject", take_category, RANK_EXTENSION),
	FEED_ROW(XML_NS_DCTERMS, "description", take_summary, RANK_EXTENSION),
	FEED_ROW(XML_NS_CONTENT, "encoded", take_content, RANK_OWN),
	FEED_ROW(XML_NS_XHTML, "body", take_content, RANK_GUEST),
	FEED_ROW(XML_NS_XHTML, "div", take_content, RANK_EXTENSION),
	FEED_ROW(XML_NS_ITUNES, "author", take_person, RANK_LAST),
	FEED_ROW(XML_NS_ITUNES, "title", take_title, RANK_LAST),
	FEED_ROW(XML_NS_ITUNES, "summary", take_summary, RANK_LAST),
	FEED_ROW(XML_NS_ITUNES, "subtitle", take_summary, RANK_MAKESHIFT),
	FEED_ROW(XML_NS_ITUNES, "image", take_image_url, RANK_OWN),
	FEED_ROW(XML_NS_ITUNES, "category", take_itunes_category, RANK_EXTENSION),
	FEED_ROW(XML_NS_GOOGLEPLAY, "author", take_person, RANK_LAST),
	FEED_ROW(XML_NS_GOOGLEPLAY, "description", take_summary, RANK_LAST),
	FEED_ROW(XML_NS_GOOGLEPLAY, "image", take_image_url, RANK_EXTENSION),
	FEED_ROW(XML_NS_MEDIA, "content", take_media_content, RANK_GUEST),
	FEED_ROW(XML_NS_MEDIA, "group", take_media_group, RANK_GUEST),
	FEED_ROW(XML_NS_MEDIA, "thumbnail", take_thumbnail, RANK_BEST),
	FEED_ROW(XML_NS_MEDIA, "description", take_media_text, RANK_MAKESHIFT),
	FEED_ROW(XML_NS_MEDIA, "title", take_media_title, RANK_MAKESHIFT),
	FEED_ROW(XML_NS_MEDIA, "category", take_media_category, RANK_EXTENSION),
	FEED_ROW(XML_NS_FEEDBURNER, "origLink", take_original_link, RANK_EXTENSION),
	{0},
};

const struct feed_row extension_feed_rows[] = {
	FEED_ROW(XML_NS_DC, "title", take_title, RANK_EXTENSION),
	FEED_ROW(XML_NS_DC, "creator", take_person, RANK_GUEST),
	FEED_ROW(XML_NS_DC, "author", take_person, RANK_GUEST),
	FEED_ROW(XML_NS_DC, "publisher", take_person, RANK_MAKESHIFT),
	FEED_ROW(XML_NS_DC, "date", take_updated, RANK_EXTENSION),
	FEED_ROW(XML_NS_DC, "subject", take_category, RANK_EXTENSION),
	FEED_ROW(XML_NS_DC, "description", take_summary, RANK_EXTENSION),
	FEED_ROW(XML_NS_DC, "language", take_language, RANK_EXTENSION),
	FEED_ROW(XML_NS_DCTERMS, "title", take_title, RANK_EXTENSION),
	FEED_ROW(XML_NS_DCTERMS, "modified", take_updated, RANK_EXTENSION),
	FEED_ROW(XML_NS_DCTERMS, "issued", take_updated, RANK_LAST),
	FEED_ROW(XML_NS_DCTERMS, "created", take_updated, RANK_MAKESHIFT),
	FEED_ROW(XML_NS_ITUNES, "author", take_person, RANK_LAST),
	FEED_ROW(XML_NS_ITUNES, "owner", take_owner, RANK_MAKESHIFT),
	FEED_ROW(XML_NS_ITUNES, "summary", take_summary, RANK_LAST),
	FEED_ROW(XML_NS_ITUNES, "subtitle", take_summary, RANK_MAKESHIFT),
	FEED_ROW(XML_NS_ITUNES, "image", take_image_url, RANK_GUEST),
	FEED_ROW(XML_NS_ITUNES, "category", take_itunes_category, RANK_EXTENSION),
	FEED_ROW(XML_NS_ITUNES, "new-feed-url", take_new_feed_url, RANK_OWN),
	FEED_ROW(XML_NS_GOOGLEPLAY, "author", take_person, RANK_LAST),
	FEED_ROW(XML_NS_GOOGLEPLAY, "description", take_summary, RANK_LAST),
	FEED_ROW(XML_NS_GOOGLEPLAY, "image", take_image_url, RANK_EXTENSION),
	FEED_ROW(XML_NS_MEDIA, "thumbnail", take_thumbnail, RANK_EXTENSION),
	FEED_ROW(XML_NS_SY, "updatePeriod", take_update_period, RANK_OWN),
	FEED_ROW(XML_NS_SY, "updateFrequency", take_update_frequency, RANK_OWN),
	FEED_ROW(XML_NS_HISTORY, "complete", take_complete, RANK_OWN),
	FEED_ROW(XML_NS_HISTORY, "archive", take_archive, RANK_OWN),
	{0},
};
