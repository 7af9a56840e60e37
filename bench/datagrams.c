// What a datagram costs with one system call each, and with one for several: processor time on loopback.
//   gcc -O2 -o /tmp/datagrams bench/datagrams.c && /tmp/datagrams
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define DATAGRAM_BYTES 200
/* So many are sent, and then received, between two looks at the clock. */
#define BLOCK 16
#define ROUNDS 7
#define BLOCKS 2000

static double cpu_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static int by_size(const void *left, const void *right) {
  double difference = *(const double *)left - *(const double *)right;
  return difference < 0 ? -1 : difference > 0;
}

static double median(double *values) {
  qsort(values, ROUNDS, sizeof *values, by_size);
  return values[ROUNDS / 2];
}

int main(void) {
  int from = socket(AF_INET, SOCK_DGRAM, 0), to = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(to, (struct sockaddr *)&address, length) || getsockname(to, (struct sockaddr *)&address, &length)) return 1;

  static char bytes[BLOCK][DATAGRAM_BYTES];
  struct iovec parts[BLOCK];
  struct mmsghdr messages[BLOCK];
  memset(messages, 0, sizeof messages);
  for (int at = 0; at < BLOCK; at++) {
    parts[at] = (struct iovec){.iov_base = bytes[at], .iov_len = DATAGRAM_BYTES};
    messages[at].msg_hdr.msg_iov = &parts[at];
    messages[at].msg_hdr.msg_iovlen = 1;
  }
  int sizes[] = {1, 4, 16};
  for (int kind = 0; kind < 3; kind++) {
    int size = sizes[kind];
    double sent[ROUNDS], received[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      double sending = 0, receiving = 0;
      for (int block = 0; block < BLOCKS; block++) {
        for (int at = 0; at < BLOCK; at++) {
          messages[at].msg_hdr.msg_name = &address;
          messages[at].msg_hdr.msg_namelen = sizeof address;
        }
        double begun = cpu_us();
        for (int at = 0; at < BLOCK; at += size) {
          if (size == 1 ? sendmsg(from, &messages[at].msg_hdr, 0) < 0 : sendmmsg(from, messages + at, size, 0) != size)
            return 1;
        }
        double half = cpu_us();
        /* Receiving would write the sender's name there. */
        for (int at = 0; at < BLOCK; at++) messages[at].msg_hdr.msg_name = NULL;
        double again = cpu_us();
        for (int at = 0; at < BLOCK; at += size) {
          if (size == 1 ? recvmsg(to, &messages[at].msg_hdr, 0) < 0 : recvmmsg(to, messages + at, size, 0, NULL) != size)
            return 1;
        }
        receiving += cpu_us() - again;
        sending += half - begun;
      }
      sent[round] = sending / (BLOCKS * BLOCK);
      received[round] = receiving / (BLOCKS * BLOCK);
    }
    printf("%2d at once: %.2f us to send, %.2f us to receive, each\n", size, median(sent), median(received));
  }
  return 0;
}
