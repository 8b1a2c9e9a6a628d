#ifndef DIURNA_PARSE_METADATA_SECTION_H
#define DIURNA_PARSE_METADATA_SECTION_H

#include "parse/metadata.h"

/*
 * The section by what stands beside the headline, "Analysis | Europe": the last link there that the
 * site's menu has too, or that says to lead to a category. NULL: there is none.
 */
const char *metadata_linked_section(
	const struct metadata *meta, const struct page_blocks *page, struct arena *arena);

/*
 * A section as people read it: the last part of a path in small letters, "sports,nfl", as a link of
 * the page writes it, else with a capital. Others are returned as they are; NULL too.
 */
const char *metadata_section_name(
	const char *section, const struct page_blocks *page, struct arena *arena);

#endif
