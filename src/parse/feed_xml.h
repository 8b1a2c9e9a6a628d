/* Fields out of XML elements, for the formats that are XML. */
#ifndef DIURNA_PARSE_FEED_XML_H
#define DIURNA_PARSE_FEED_XML_H

#include "parse/feed_build.h"

/* The text of an element and those within it, as written but for its references. Into to. */
void node_text(struct feed_build *b, const struct xml_node *node, struct buf *to);
/* The same in the document's arena, trimmed; NULL: empty. */
char *node_string(struct feed_build *b, const struct xml_node *node);
/* An attribute's value in the document's arena, trimmed; NULL: none, or empty. */
char *node_attribute(struct feed_build *b, const struct xml_node *node, const char *name);
/*
 * The inside of an element as HTML source. is_text_markup: text is HTML that was escaped (RSS);
 * else it is text among elements (XHTML). Relative URLs below an xml:base are made absolute.
 */
void node_source(
	struct feed_build *b, const struct xml_node *node, bool is_text_markup, struct buf *to);
/* The same as one line of plain text that is no markup; NULL: empty. */
const char *node_plain(struct feed_build *b, const struct xml_node *node);
const char *attribute_plain(struct feed_build *b, const struct xml_node *node, const char *name);
/* An element has elements inside. */
bool node_has_elements(const struct xml_node *node);
/* The first child of that name, or NULL. */
const struct xml_node *node_child(
	const struct feed_build *b, const struct xml_node *node, enum xml_ns ns, const char *name);
/* The namespace of an element as the format means it. */
enum xml_ns node_ns(const struct feed_build *b, const struct xml_node *node);

/* Taking functions that several formats use; see feed_take. HTML-ish, as RSS has it: */
feed_take take_title, take_summary, take_content, take_link, take_published, take_updated,
	take_category, take_language, take_person, take_comments, take_image_url, take_rights,
	take_contributor, take_new_url;
/* Atom's: type decides. */
feed_take take_atom_link, take_atom_author, take_id, take_source;

/* Media RSS and podcasts: */
feed_take take_media_content, take_media_group, take_thumbnail, take_media_category,
	take_media_credit, take_media_license, take_media_text, take_media_title, take_duration,
	take_season, take_episode, take_podcast_person, take_transcript, take_chapters,
	take_funding, take_podcast_license;

/* Rows of one format or of the extensions, ended by one without a name. */
extern const struct feed_row rss_entry_rows[], rss_feed_rows[];
extern const struct feed_row atom_entry_rows[], atom_feed_rows[];
extern const struct feed_row extension_entry_rows[], extension_feed_rows[];

/* <link/>http://a.example/: what programs make of RSS that take it for HTML. */
void take_text_after_link(struct feed_build *b, const char *text, size_t len, const char *base);

/* What stands in the attributes of an entry or channel element itself (RDF, CDF). */
void take_entry_attributes(struct feed_build *b, const struct xml_node *node);

#endif
