/* libspandsp's detectors over a bank of lines: dtmf_rx, CNG, ANSam, and call progress with two guard frequencies.
   Reads n_lines * n_ticks * 160 samples (tick by tick, line by line), prints microseconds of CPU a tick.
   The prototypes stand here, so that the library alone is enough. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef void (*report_t)(void *, int, int, int);
void *dtmf_rx_init(void *, void *, void *);
int dtmf_rx(void *, const int16_t *, int);
size_t dtmf_rx_get(void *, char *, int);
void *modem_connect_tones_rx_init(void *, int, report_t, void *);
int modem_connect_tones_rx(void *, const int16_t *, int);
void *super_tone_rx_make_descriptor(void *);
int super_tone_rx_add_tone(void *);
int super_tone_rx_add_element(void *, int, int, int, int, int);
void *super_tone_rx_init(void *, void *, report_t, void *);
int super_tone_rx(void *, const int16_t *, int);

enum { CNG = 1, ANSAM = 4, TICK = 160 };

static void report(void *user, int code, int level, int delay) { (void)user; (void)code; (void)level; (void)delay; }

static void add(void *plan, int on_ms, int off_ms) {
    int tone = super_tone_rx_add_tone(plan);
    super_tone_rx_add_element(plan, tone, 450, 0, on_ms * 9 / 10, on_ms * 11 / 10);
    super_tone_rx_add_element(plan, tone, 0, 0, off_ms * 9 / 10, off_ms * 11 / 10);
}

static void *chinese_plan(void) {
    void *plan = super_tone_rx_make_descriptor(NULL);
    int dial = super_tone_rx_add_tone(plan);
    super_tone_rx_add_element(plan, dial, 450, 0, 1500, 0);
    add(plan, 1000, 4000);
    add(plan, 350, 350);
    add(plan, 700, 700);
    int guard = super_tone_rx_add_tone(plan);
    super_tone_rx_add_element(plan, guard, 250, 620, 100000, 0);
    return plan;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    int n_lines = atoi(argv[2]), n_ticks = atoi(argv[3]);
    size_t n_samples = (size_t)n_lines * n_ticks * TICK;
    int16_t *sound = malloc(n_samples * sizeof *sound);
    FILE *file = fopen(argv[1], "rb");
    if (!file || !sound || fread(sound, sizeof *sound, n_samples, file) != n_samples) return 1;
    void **state = calloc(4 * n_lines, sizeof *state), *plan = chinese_plan();
    for (int line = 0; line < n_lines; line++) {
        state[4 * line] = dtmf_rx_init(NULL, NULL, NULL);
        state[4 * line + 1] = modem_connect_tones_rx_init(NULL, CNG, report, NULL);
        state[4 * line + 2] = modem_connect_tones_rx_init(NULL, ANSAM, report, NULL);
        state[4 * line + 3] = super_tone_rx_init(NULL, plan, report, NULL);
    }
    clock_t start = clock();
    for (int tick = 0; tick < n_ticks; tick++)
        for (int line = 0; line < n_lines; line++) {
            const int16_t *block = sound + ((size_t)tick * n_lines + line) * TICK;
            dtmf_rx(state[4 * line], block, TICK);
            modem_connect_tones_rx(state[4 * line + 1], block, TICK);
            modem_connect_tones_rx(state[4 * line + 2], block, TICK);
            super_tone_rx(state[4 * line + 3], block, TICK);
        }
    printf("%.2f\n", 1e6 * (clock() - start) / CLOCKS_PER_SEC / n_ticks);
    return 0;
}
