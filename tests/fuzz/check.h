/* What must hold of every document, whatever came in. */
#ifndef DIURNA_TESTS_FUZZ_CHECK_H
#define DIURNA_TESTS_FUZZ_CHECK_H

#include "core/doc.h"

#include <stddef.h>
#include <stdint.h>

/* The promises of core/doc.h; aborts, with the string, where one is broken. */
void check_feed(const struct feed_doc *doc);
/* HTML that the sanitiser wrote: sanitised again it is the same. */
void check_html(const char *html);
/* One line of plain text. */
void check_line(const char *text);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
