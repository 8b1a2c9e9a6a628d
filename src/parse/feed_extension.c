/* Elements of other namespaces that every XML format may carry. */
#include "parse/feed_xml.h"

#include "core/date.h"
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
		build_add_category(b, build_plain(b, text, strlen(text)), NULL, NULL);
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

static void take_update_base(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *text = node_string(b, node);

	(void)rank;
	if (text)
		b->doc->update_base = date_parse(text, NULL);
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

/* <itunes:complete>Yes</itunes:complete> */
static void take_finished(struct feed_build *b, const struct xml_node *node, int rank)
{
	(void)rank;
	b->doc->is_finished |= str_ieq(node_string(b, node), "yes");
}

/* --- conversations and rights --- */

static void take_comment_count(struct feed_build *b, const struct xml_node *node, int rank)
{
	(void)rank;
	if (b->entry && b->entry->comment_count < 0)
		b->entry->comment_count = build_length(node_string(b, node));
}

static void take_comments_feed(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_COMMENTS_FEED, rank, build_url(b, node_string(b, node), node->base));
}

/* RFC 4685, 3 */
static void take_reply_to(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_REPLY_TO, rank, node_attribute(b, node, "ref"));
	build_set(b, FIELD_REPLY_TO_URL, rank,
		build_url(b, node_attribute(b, node, "href"), node->base));
}

/* The address as text, or in rdf:resource. */
static void take_license(struct feed_build *b, const struct xml_node *node, int rank)
{
	const struct xml_attribute *resource = xml_attribute_ns(node, XML_NS_RDF, "resource");
	const char *text;

	buf_clear(&b->text);
	if (resource)
		xml_put_text(b->reader, resource->value, resource->value_len, false, &b->text);
	text = resource ? arena_strdup(b->arena, buf_text(&b->text)) : node_string(b, node);
	build_set(b, FIELD_LICENSE, rank, build_url(b, text, node->base));
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
	FEED_ROW(XML_NS_MEDIA, "credit", take_media_credit, RANK_EXTENSION),
	FEED_ROW(XML_NS_MEDIA, "copyright", take_rights, RANK_EXTENSION),
	FEED_ROW(XML_NS_MEDIA, "license", take_media_license, RANK_EXTENSION),
	FEED_ROW(XML_NS_FEEDBURNER, "origLink", take_original_link, RANK_EXTENSION),
	FEED_ROW(XML_NS_DC, "contributor", take_contributor, RANK_EXTENSION),
	FEED_ROW(XML_NS_DC, "rights", take_rights, RANK_GUEST),
	FEED_ROW(XML_NS_DCTERMS, "rights", take_rights, RANK_GUEST),
	FEED_ROW(XML_NS_DCTERMS, "license", take_license, RANK_EXTENSION),
	FEED_ROW(XML_NS_CC, "license", take_license, RANK_OWN),
	FEED_ROW(XML_NS_ITUNES, "duration", take_duration, RANK_OWN),
	FEED_ROW(XML_NS_ITUNES, "season", take_season, RANK_OWN),
	FEED_ROW(XML_NS_ITUNES, "episode", take_episode, RANK_OWN),
	FEED_ROW(XML_NS_PODCAST, "season", take_season, RANK_GUEST),
	FEED_ROW(XML_NS_PODCAST, "episode", take_episode, RANK_GUEST),
	FEED_ROW(XML_NS_PODCAST, "person", take_podcast_person, RANK_OWN),
	FEED_ROW(XML_NS_PODCAST, "transcript", take_transcript, RANK_OWN),
	FEED_ROW(XML_NS_PODCAST, "chapters", take_chapters, RANK_OWN),
	FEED_ROW(XML_NS_PODCAST, "license", take_podcast_license, RANK_GUEST),
	FEED_ROW(XML_NS_SLASH, "comments", take_comment_count, RANK_OWN),
	FEED_ROW(XML_NS_THR, "total", take_comment_count, RANK_OWN),
	FEED_ROW(XML_NS_THR, "in-reply-to", take_reply_to, RANK_OWN),
	FEED_ROW(XML_NS_WFW, "commentRss", take_comments_feed, RANK_OWN),
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
	FEED_ROW(XML_NS_ITUNES, "new-feed-url", take_new_url, RANK_OWN),
	FEED_ROW(XML_NS_ITUNES, "complete", take_finished, RANK_OWN),
	FEED_ROW(XML_NS_GOOGLEPLAY, "author", take_person, RANK_LAST),
	FEED_ROW(XML_NS_GOOGLEPLAY, "description", take_summary, RANK_LAST),
	FEED_ROW(XML_NS_GOOGLEPLAY, "image", take_image_url, RANK_EXTENSION),
	FEED_ROW(XML_NS_MEDIA, "thumbnail", take_thumbnail, RANK_EXTENSION),
	FEED_ROW(XML_NS_SY, "updatePeriod", take_update_period, RANK_OWN),
	FEED_ROW(XML_NS_SY, "updateFrequency", take_update_frequency, RANK_OWN),
	FEED_ROW(XML_NS_SY, "updateBase", take_update_base, RANK_OWN),
	FEED_ROW(XML_NS_DC, "contributor", take_contributor, RANK_EXTENSION),
	FEED_ROW(XML_NS_DC, "rights", take_rights, RANK_GUEST),
	FEED_ROW(XML_NS_DCTERMS, "rights", take_rights, RANK_GUEST),
	FEED_ROW(XML_NS_DCTERMS, "license", take_license, RANK_EXTENSION),
	FEED_ROW(XML_NS_CC, "license", take_license, RANK_OWN),
	FEED_ROW(XML_NS_PODCAST, "guid", take_id, RANK_EXTENSION),
	FEED_ROW(XML_NS_PODCAST, "person", take_podcast_person, RANK_OWN),
	FEED_ROW(XML_NS_PODCAST, "funding", take_funding, RANK_OWN),
	FEED_ROW(XML_NS_PODCAST, "license", take_podcast_license, RANK_GUEST),
	FEED_ROW(XML_NS_HISTORY, "complete", take_complete, RANK_OWN),
	FEED_ROW(XML_NS_HISTORY, "archive", take_archive, RANK_OWN),
	{0},
};
