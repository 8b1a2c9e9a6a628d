/* What a section's feeds brought too and another section has printed. */
#ifndef DIURNA_EDITION_ELSEWHERE_H
#define DIURNA_EDITION_ELSEWHERE_H

#include "core/config.h"
#include "edition/edition.h"
#include "store/store.h"

/* Of the sections that want it (see-also): kept with the edition, whose order is made. */
enum status elsewhere_keep(
	struct store *store, const struct config *config, const struct edition_row *row);
/* The references of an edition's section. */
enum status elsewhere_load(
	struct store *store, struct edition *edition, struct edition_section *section);

#endif
