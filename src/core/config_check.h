/* What has to fit together in a configuration, beyond each value by itself. */
#ifndef DIURNA_CORE_CONFIG_CHECK_H
#define DIURNA_CORE_CONFIG_CHECK_H

#include "core/config_scan.h"

/* Every contradiction becomes a line of errors; scan is of the same file. */
void config_check(
	const struct config *config, const struct config_scan *scan, struct config_errors *errors);

#endif
