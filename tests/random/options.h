/* options.h - the model of options.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_RANDOM_OPTIONS_H
#define TENON_TESTS_RANDOM_OPTIONS_H

#include "model.h"

forecast options_set(model *m, int s, int option, int value);

/* value becomes what is to be read, or UNSET if that is not known. */
forecast options_get(model *m, int s, int option, int *value);

#endif
