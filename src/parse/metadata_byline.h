/* Who wrote an article: structured data, the entry, and what people read beside the headline. */
#ifndef DIURNA_PARSE_METADATA_BYLINE_H
#define DIURNA_PARSE_METADATA_BYLINE_H

#include "parse/metadata.h"

/* Decides, and fills the byline. */
void metadata_choose_byline(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct article *article);

#endif
