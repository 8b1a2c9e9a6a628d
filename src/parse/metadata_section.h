#ifndef DIURNA_PARSE_METADATA_SECTION_H
#define DIURNA_PARSE_METADATA_SECTION_H

#include "parse/metadata.h"

/*
 * The section by what stands beside the headline, "Analysis | Europe": the last link there that the
 * site's menu has too, or that says to lead to a category. NULL: there is none.
 */
const char *metadata_linked_section(
	const struct metadata *meta, const struct page_blocks *page, struct arena *arena);

#endif
