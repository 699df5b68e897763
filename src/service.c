/* service.c - the services that every program may count on.
 * SPDX-License-Identifier: MIT */
#include "shared.h"

#include <string.h>

/* As IANA has them. Small systems have no /etc/services, and no two systems have the same. */
static const struct {
  int port;
  const char *name;
} services[] = {
    {7, "echo"},     {9, "discard"},       {13, "daytime"}, {17, "qotd"},    {19, "chargen"},     {21, "ftp"},
    {22, "ssh"},     {23, "telnet"},       {25, "smtp"},    {37, "time"},    {43, "whois"},       {53, "domain"},
    {69, "tftp"},    {70, "gopher"},       {79, "finger"},  {80, "http"},    {88, "kerberos"},    {110, "pop3"},
    {111, "sunrpc"}, {119, "nntp"},        {123, "ntp"},    {143, "imap"},   {161, "snmp"},       {179, "bgp"},
    {194, "irc"},    {389, "ldap"},        {443, "https"},  {514, "syslog"}, {587, "submission"}, {631, "ipp"},
    {636, "ldaps"},  {853, "domain-s"},    {993, "imaps"},  {995, "pop3s"},  {1883, "mqtt"},      {3306, "mysql"},
    {5060, "sip"},   {5432, "postgresql"},
};
static const int service_count = (int)(sizeof services / sizeof services[0]);

int tenon__service_port(const char *name) {
  for (int i = 0; i < service_count; i++)
    if (strcmp(services[i].name, name) == 0) return services[i].port;
  return -1;
}

const char *tenon__service_name(int port) {
  for (int i = 0; i < service_count; i++)
    if (services[i].port == port) return services[i].name;
  return NULL;
}
