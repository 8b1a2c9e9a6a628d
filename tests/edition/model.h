/* An edition made by hand, with what is hard to print in it. */
#ifndef DIURNA_TESTS_EDITION_MODEL_H
#define DIURNA_TESTS_EDITION_MODEL_H

#include "edition/edition.h"

/* Nothing of it needs to be freed. */
const struct edition *model_edition(void);

#endif
