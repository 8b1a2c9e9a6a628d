#include "config.h"

#include "diurnad/daemon.h"

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>

void notify_state(const char *state)
{
	sd_notify(0, state);
}

uint64_t notify_watchdog_us(void)
{
	uint64_t us = 0;

	return sd_watchdog_enabled(0, &us) > 0 ? us : 0;
}
#else
void notify_state(const char *state)
{
	(void)state;
}

uint64_t notify_watchdog_us(void)
{
	return 0;
}
#endif
