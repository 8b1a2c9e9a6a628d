/* The rules of single sites, from a folder: one file a site, named after its registrable domain. */
#ifndef DIURNA_DIURNAD_SITERULES_H
#define DIURNA_DIURNAD_SITERULES_H

struct siterules;

/*
 * Read all files of a folder; what cannot be read is logged. A folder that is not there has no
 * rules. Names that begin with '.' or are no domain (README) are passed over.
 */
struct siterules *siterules_load(const char *folder);
void siterules_free(struct siterules *rules);
/* The rule of the site that a URL belongs to; NULL: it has none. Borrowed. */
const char *siterules_find(const struct siterules *rules, const char *url);

#endif
