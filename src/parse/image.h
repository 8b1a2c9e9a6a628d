/* What a picture is, by its first bytes: whatever a server calls it. */
#ifndef DIURNA_PARSE_IMAGE_H
#define DIURNA_PARSE_IMAGE_H

#include "core/job.h"

/*
 * STATUS_UNSUPPORTED: none of the kinds that are known. SVG is none of them: it is a document.
 * STATUS_LIMIT: it has more than LIMIT_IMAGE_PIXELS.
 * Source: W3C PNG 3; GIF89a; ITU T.81, B; RFC 9649 (WebP); ISO/IEC 23000-22, 23008-12 (AVIF).
 */
enum status image_read(const char *body, size_t len, struct image_facts *image);

#endif
