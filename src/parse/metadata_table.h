/* What chooses between titles and between dates; made by tools/train-metadata. */
#ifndef DIURNA_PARSE_METADATA_TABLE_H
#define DIURNA_PARSE_METADATA_TABLE_H

#include "parse/extract_model.h"
#include "parse/metadata_title.h"

extern const float title_weights[TITLE_FEATURES];
extern const struct model date_model;

#endif
