#include "ui/when.h"

#include <stdio.h>

/* The date of a day since 1970-01-01: gmtime_r() counts leap seconds where TZ says "right/...".
 * Years begin in March here, so that the leap day is their last. */
static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
        int64_t shifted = days + 719468, era = shifted / 146097, day_of_era = shifted % 146097;
        int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
        int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        int64_t from_march = (5 * day_of_year + 2) / 153;

        *day = (int)(day_of_year - (153 * from_march + 2) / 5 + 1);
        *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
        *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

void when_print(int64_t time_s, char ret_text[WHEN_BYTES])
{
        int second = (int)(time_s % 86400), year, month, day;

        ret_text[0] = '\0';
        if (time_s <= 0 || time_s > 253402300799) /* the year 9999 */
                return;
        civil_from_days(time_s / 86400, &year, &month, &day);
        snprintf(ret_text, WHEN_BYTES, "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day, second / 3600,
                 second / 60 % 60, second % 60);
}

void when_print_left(int64_t left_s, char ret_text[WHEN_BYTES])
{
        long long minutes = (long long)left_s / 60;

        if (left_s <= 0)
                snprintf(ret_text, WHEN_BYTES, "over");
        else if (minutes < 60)
                snprintf(ret_text, WHEN_BYTES, "%lld min", minutes);
        else
                snprintf(ret_text, WHEN_BYTES, "%lld h %lld min", minutes / 60, minutes % 60);
}
