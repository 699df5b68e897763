/* texts.h - texts that are read as addresses, hosts, services and interfaces, good and bad.
 * SPDX-License-Identifier: MIT
 */
#ifndef TENON_TESTS_RANDOM_TEXTS_H
#define TENON_TESTS_RANDOM_TEXTS_H

int texts_count(void);
const char *texts_source(int number); /* as it stands in the table */
const char *texts_get(int number);    /* with the name of the loopback interface in its place */

#endif
