/*
 * One member of a Corosync CPG group: what is written to its socket is multicast in agreed order, and whatever is
 * delivered is written there as the number of deliveries so far. Built by the suite where gcc and libcpg are.
 *
 * usage: cpg <path of a Unix socket>
 */
#include <corosync/cpg.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static int client = -1;
static uint64_t delivered = 0;

/* To the front: the number of the delivery, and the number that its sender gave the message. */
static void deliver(cpg_handle_t handle, const struct cpg_name *group, uint32_t node, uint32_t pid, void *message,
                    size_t length) {
  uint64_t told[2] = {++delivered, 0};
  (void)handle, (void)group, (void)node, (void)pid;
  if (client < 0 || length != sizeof(uint64_t)) return;
  memcpy(&told[1], message, sizeof(uint64_t));
  if (write(client, told, sizeof told) != sizeof told) exit(1);
}

/* The suite waits until all members know each other. */
static void change(cpg_handle_t handle, const struct cpg_name *group, const struct cpg_address *members, size_t count,
                   const struct cpg_address *left, size_t left_count, const struct cpg_address *joined,
                   size_t joined_count) {
  (void)handle, (void)group, (void)members, (void)left, (void)left_count, (void)joined, (void)joined_count;
  printf("members %zu\n", count);
  fflush(stdout);
}

static void multicast(cpg_handle_t handle, uint64_t number) {
  struct iovec part = {&number, sizeof number};
  cs_error_t error;
  while ((error = cpg_mcast_joined(handle, CPG_TYPE_AGREED, &part, 1)) == CS_ERR_TRY_AGAIN) {
    cpg_dispatch(handle, CS_DISPATCH_ALL);
    usleep(50);
  }
  if (error != CS_OK) exit(1);
}

static int listen_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int server = socket(AF_UNIX, SOCK_STREAM, 0);
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (bind(server, (struct sockaddr *)&address, sizeof address) != 0 || listen(server, 1) != 0) exit(1);
  return server;
}

int main(int count, char **words) {
  cpg_callbacks_t callbacks = {.cpg_deliver_fn = deliver, .cpg_confchg_fn = change};
  struct cpg_name group = {.length = 5, .value = "bench"};
  cpg_handle_t handle;
  uint64_t numbers[512];
  size_t kept = 0;
  int fd;
  if (count != 2) return 2;
  while (cpg_initialize(&handle, &callbacks) != CS_OK) usleep(50000);
  while (cpg_join(handle, &group) != CS_OK) usleep(50000);
  cpg_fd_get(handle, &fd);
  struct pollfd polled[2] = {{.fd = listen_at(words[1]), .events = POLLIN}, {.fd = fd, .events = POLLIN}};
  for (;;) {
    if (poll(polled, 2, -1) < 0) return 1;
    if (polled[1].revents != 0 && cpg_dispatch(handle, CS_DISPATCH_ALL) != CS_OK) return 1;
    if (polled[0].revents == 0) continue;
    if (client < 0) {
      client = polled[0].fd = accept(polled[0].fd, NULL, NULL);
      continue;
    }
    ssize_t got = read(client, (char *)numbers + kept, sizeof numbers - kept);
    if (got <= 0) return 0;
    kept += (size_t)got;
    for (size_t at = 0; at + 1 <= kept / sizeof(uint64_t); at++) multicast(handle, numbers[at]);
    size_t whole = kept - kept % sizeof(uint64_t);
    memmove(numbers, (char *)numbers + whole, kept - whole);
    kept -= whole;
  }
}
