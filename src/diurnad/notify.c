#include "config.h"

#include "diurnad/daemon.h"

#include "core/clock.h"

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>

void notify_state(const char *state)
{
	sd_notify(0, state);
}

void notify_reloading(void)
{
	/* The time must be CLOCK_MONOTONIC's, and not before the signal was sent. */
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
		(long long)clock_monotonic_ms() * 1000 + 999);
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

void notify_reloading(void)
{
}

uint64_t notify_watchdog_us(void)
{
	return 0;
}
#endif
