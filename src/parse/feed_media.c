/* Media RSS, and what podcasts say of an episode. Source: Media RSS 1.5.1; the podcast namespace.
 */
#include "parse/feed_xml.h"

#include "core/mem.h"
#include "core/str.h"

#include <string.h>

static void take_media(struct feed_build *b, const struct xml_node *node);

static bool is_image(const char *medium, const char *type)
{
	return medium ? str_ieq(medium, "image") : type && str_istarts(type, "image/");
}

void take_media_content(struct feed_build *b, const struct xml_node *node, int rank)
{
	struct doc_enclosure enclosure = {
		.url = build_url(b, node_attribute(b, node, "url"), node->base),
		.type = node_attribute(b, node, "type"),
		.length = build_length(node_attribute(b, node, "fileSize")),
		.medium = node_attribute(b, node, "medium"),
		.language = node_attribute(b, node, "lang"),
		.duration_s = build_seconds(node_attribute(b, node, "duration")),
		.width = build_pixels(node_attribute(b, node, "width")),
		.height = build_pixels(node_attribute(b, node, "height")),
		.group = b->group,
		.is_default = str_ieq(node_attribute(b, node, "isDefault"), "true"),
	};

	if (is_image(enclosure.medium, enclosure.type))
		build_add_image(b, RANK_GUEST, enclosure.url, enclosure.width, enclosure.height);
	else
		build_add_enclosure(b, rank, &enclosure);
	take_media(b, node);
}

void take_media_group(struct feed_build *b, const struct xml_node *node, int rank)
{
	(void)rank;
	b->group = ++b->last_group;
	take_media(b, node);
	b->group = 0;
}

void take_thumbnail(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *url = node_attribute(b, node, "url");

	if (!url)
		url = node_string(b, node);
	build_add_image(b, rank, build_url(b, url, node->base),
		build_pixels(node_attribute(b, node, "width")),
		build_pixels(node_attribute(b, node, "height")));
}

void take_media_category(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *name = node_plain(b, node), *label = attribute_plain(b, node, "label");

	(void)rank;
	build_add_category(b, name ? name : label, label, node_attribute(b, node, "scheme"));
}

void take_media_credit(struct feed_build *b, const struct xml_node *node, int rank)
{
	(void)rank;
	build_add_credit(b, node_plain(b, node), attribute_plain(b, node, "role"), NULL);
}

void take_media_license(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(
		b, FIELD_LICENSE, rank, build_url(b, node_attribute(b, node, "href"), node->base));
}

/* type is plain or html; many write html without saying so. */
void take_media_text(struct feed_build *b, const struct xml_node *node, int rank)
{
	if (b->entry)
		take_summary(b, node, rank);
}

void take_media_title(struct feed_build *b, const struct xml_node *node, int rank)
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
	FEED_ROW(XML_NS_MEDIA, "credit", take_media_credit, RANK_EXTENSION),
	FEED_ROW(XML_NS_MEDIA, "copyright", take_rights, RANK_EXTENSION),
	FEED_ROW(XML_NS_MEDIA, "license", take_media_license, RANK_EXTENSION),
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

/* --- podcasts --- */

void take_duration(struct feed_build *b, const struct xml_node *node, int rank)
{
	(void)rank;
	if (b->entry && b->entry->duration_s == 0)
		b->entry->duration_s = build_seconds(node_string(b, node));
}

void take_season(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_SEASON, rank, node_plain(b, node));
}

void take_episode(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_EPISODE, rank, node_plain(b, node));
}

/* <podcast:person role="guest" href>Name</podcast:person>; without a role it is a host */
void take_podcast_person(struct feed_build *b, const struct xml_node *node, int rank)
{
	const char *role = attribute_plain(b, node, "role");

	(void)rank;
	build_add_credit(b, node_plain(b, node), role ? role : "host",
		build_url(b, node_attribute(b, node, "href"), node->base));
}

void take_transcript(struct feed_build *b, const struct xml_node *node, int rank)
{
	(void)rank;
	build_add_transcript(b, build_url(b, node_attribute(b, node, "url"), node->base),
		node_attribute(b, node, "type"), node_attribute(b, node, "language"));
}

void take_chapters(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(
		b, FIELD_CHAPTERS, rank, build_url(b, node_attribute(b, node, "url"), node->base));
}

void take_funding(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_FUNDING, rank, build_url(b, node_attribute(b, node, "url"), node->base));
}

/* <podcast:license url>; without url its text is a known license, "cc-by-4.0", not an address */
void take_podcast_license(struct feed_build *b, const struct xml_node *node, int rank)
{
	build_set(b, FIELD_LICENSE, rank, build_url(b, node_attribute(b, node, "url"), node->base));
}
