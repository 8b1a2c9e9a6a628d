/* Where things are when nobody says so: the configuration itself is found by config_find(). */
#ifndef DIURNA_CORE_CONFIG_PLACE_H
#define DIURNA_CORE_CONFIG_PLACE_H

#include "core/config.h"

/*
 * Set every path of a configuration whose own path is known, as the system's newspaper has them
 * (or systemd says), else as a person's. Strings go into its arena.
 */
void config_preset_paths(struct config *config);

#endif
