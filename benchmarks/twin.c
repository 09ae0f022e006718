/* A twin of the talk kernel in C, for the benchmark only: the same rules for additive domains in which all parties sit at
   the table, nobody has levers, firm lines or wrong beliefs, and the status quo is worth nothing. It is written the way one
   would write it by hand, so the factor of Parley's time to it says what compiling Python costs. Tops, menus by trade-off
   paths and single changes, rounds, answers with errors; consent, hold and the record of a run are left out.
   Names follow sim/rules. */
#include <math.h>
#include <stdint.h>

enum { MAXP = 32, MAXC = 32, MAXO = 32, MAXV = 4 * (MAXC * MAXO + 2) + 1, MAXM = 4 * MAXC * MAXO + 64, PATHS = 4 };
static const double SLACK = 1e-9, TINY = 1e-12, ALIKE = 1e-10;

static int P, C, O, CAP_V, CAP_M; /* O counts the status quo, option 0 */
static double PREC;
static double value[MAXP][MAXC][MAXO], flo[MAXP], others[MAXC][MAXO], rise_of[MAXC], cost_of[MAXC];
static int ranked[MAXC][MAXO], hull[MAXC][MAXO], n_hull[MAXC], position[MAXC], needed[MAXP], n_needed;
static int deal[MAXC], v_deal[MAXV][MAXC], top_deal[MAXP][MAXC];
static double gains[MAXP], v_gain[MAXV][MAXP], v_score[MAXV], weight[MAXP], gradient[MAXP], term[MAXP], top_gain;

typedef struct { double own, score; int slot; } Entry;
static Entry menu[MAXP][MAXM];
static int m_size[MAXP], m_used[MAXP], m_deal[MAXP][MAXM][MAXC];

/* Chance: SplitMix64 as a pure function. */
static uint64_t mix64(uint64_t v) {
    v = (v ^ (v >> 30)) * 0xBF58476D1CE4E5B9u;
    v = (v ^ (v >> 27)) * 0x94D049BB133111EBu;
    return v ^ (v >> 31);
}
static uint64_t run_key(uint64_t seed, uint64_t draw, uint64_t replication) {
    uint64_t key = mix64(seed + 0x9E3779B97F4A7C15u);
    key = mix64(key ^ (draw * 0xD6E8FEB86659FD93u + 0x9E3779B97F4A7C15u));
    return mix64(key ^ (replication * 0xA0761D6478BD642Fu + 0xE7037ED1A0B428DBu));
}
static uint64_t slot_of(uint64_t purpose, uint64_t time, uint64_t speaker, uint64_t listener) {
    uint64_t address = mix64(purpose * 0xE7037ED1A0B428DBu + time * 0xD6E8FEB86659FD93u);
    address = mix64(address ^ speaker);
    return address ^ mix64(listener + 0xA0761D6478BD642Fu);
}
static double uniform(uint64_t key, uint64_t address) {
    return ((double)(mix64(key + (address + 1) * 0x9E3779B97F4A7C15u) >> 11) + 0.5) * (1.0 / 9007199254740992.0);
}

static void recall(const int *from) {
    for (int q = 0; q < P; q++) gains[q] = -flo[q];
    for (int c = 0; c < C; c++) {
        deal[c] = from[c];
        for (int q = 0; q < P; q++) gains[q] += value[q][c][from[c]];
    }
}
static void change_option(int c, int o) {
    int here = deal[c];
    for (int q = 0; q < P; q++) gains[q] += value[q][c][o] - value[q][c][here];
    deal[c] = o;
}
static void keep_vertex(int v) {
    for (int c = 0; c < C; c++) v_deal[v][c] = deal[c];
    for (int q = 0; q < P; q++) v_gain[v][q] = gains[q];
}
static double believed_score(void) {
    double score = 0.0, odds = 1.0;
    for (int k = 0; k < n_needed; k++) {
        odds *= 1.0 + exp(fmin(-PREC * gains[needed[k]], 500.0));
        if (odds > 1e80) { score -= log(odds); odds = 1.0; }
    }
    return score - log(odds);
}
static void score_slopes(double *out) {
    for (int k = 0; k < n_needed; k++) {
        double margin = gains[needed[k]];
        double refusal = 1.0 / (1.0 + exp(fmin(PREC * margin, 700.0)));
        term[k] = refusal < 1.0 ? log1p(-refusal) : -PREC * fabs(margin);
        out[k] = PREC * refusal;
    }
}
static void start_speaker(int speaker) {
    n_needed = 0;
    for (int q = 0; q < P; q++)
        if (q != speaker) needed[n_needed++] = q;
    for (int c = 0; c < C; c++)
        for (int o = 0; o < O; o++) {
            int place = o;
            while (place > 0 && value[speaker][c][ranked[c][place - 1]] < value[speaker][c][o]) {
                ranked[c][place] = ranked[c][place - 1];
                place--;
            }
            ranked[c][place] = o;
        }
}
static void weigh_others(void) {
    for (int c = 0; c < C; c++)
        for (int o = 0; o < O; o++) others[c][o] = 0.0;
    for (int j = 0; j < n_needed; j++)
        for (int c = 0; c < C; c++)
            for (int o = 0; o < O; o++) others[c][o] += weight[j] * value[needed[j]][c][o];
}
static void build_hulls(int speaker) {
    for (int c = 0; c < C; c++) {
        const double *own = value[speaker][c];
        int n = 0;
        for (int k = 0; k < O; k++) {
            int o = ranked[c][k];
            if (n > 0 && others[c][o] <= others[c][hull[c][n - 1]]) continue;
            while (n > 0) {
                int last = hull[c][n - 1];
                if (own[last] == own[o]) { n--; continue; }
                if (n < 2) break;
                int before = hull[c][n - 2];
                double rise = others[c][last] - others[c][before], cost = own[before] - own[last];
                if (rise * (own[last] - own[o]) > (others[c][o] - others[c][last]) * cost) break;
                n--;
            }
            hull[c][n++] = o;
        }
        n_hull[c] = n;
    }
}
static void look_ahead(int speaker, int c) {
    int k = position[c];
    rise_of[c] = -1.0;
    cost_of[c] = 1.0;
    if (k + 1 < n_hull[c]) {
        int here = hull[c][k], there = hull[c][k + 1];
        rise_of[c] = others[c][there] - others[c][here];
        cost_of[c] = value[speaker][c][here] - value[speaker][c][there];
    }
}
static int next_edge(void) {
    int best = -1;
    double rise = 0.0, cost = 1.0;
    for (int c = 0; c < C; c++)
        if (rise_of[c] * cost > rise * cost_of[c]) { best = c; rise = rise_of[c]; cost = cost_of[c]; }
    return best;
}

/* Top deals. */
static int content(void) {
    for (int k = 0; k < n_needed; k++)
        if (gains[needed[k]] < 0.0) return 0;
    return 1;
}
static void take_top(int speaker) {
    top_gain = gains[speaker];
    for (int c = 0; c < C; c++) top_deal[speaker][c] = deal[c];
}
static int walk_to_content(int speaker) {
    build_hulls(speaker);
    for (int q = 0; q < P; q++) gains[q] = -flo[q];
    for (int c = 0; c < C; c++) {
        position[c] = 0;
        look_ahead(speaker, c);
        deal[c] = hull[c][0];
        for (int q = 0; q < P; q++) gains[q] += value[q][c][deal[c]];
    }
    while (gains[speaker] >= 0.0) {
        if (content()) {
            keep_vertex(1);
            if (gains[speaker] > top_gain) take_top(speaker);
            return 1;
        }
        keep_vertex(0);
        int edge = next_edge();
        if (edge < 0) return 0;
        position[edge]++;
        look_ahead(speaker, edge);
        change_option(edge, hull[edge][position[edge]]);
    }
    return 0;
}
static int climb(int speaker) {
    int found = 0;
    for (int c = 0; c < C; c++) {
        int here = deal[c];
        double own_here = gains[speaker] - value[speaker][c][here];
        for (int k = 0; k < O; k++) {
            int o = ranked[c][k];
            if (own_here + value[speaker][c][o] <= top_gain) break;
            change_option(c, o);
            if (content()) { take_top(speaker); found = 1; }
            change_option(c, here);
        }
    }
    return found;
}
static void find_top(int speaker) {
    int found = 0;
    start_speaker(speaker);
    top_gain = 0.0;
    for (int c = 0; c < C; c++) top_deal[speaker][c] = v_deal[0][c] = 0;
    for (int k = 0; k < n_needed; k++) weight[k] = 0.5 * PREC;
    for (int path = 0; path < PATHS && !(path > 0 && n_needed < 2); path++) {
        if (path > 0) {
            recall(v_deal[path == 1 ? 0 : found]);
            score_slopes(weight);
        }
        double before = top_gain;
        weigh_others();
        found = walk_to_content(speaker);
        recall(v_deal[0]);
        climb(speaker);
        if (path > 0 && top_gain <= before + SLACK) break;
    }
    for (int i = 0; i < 4; i++) {
        recall(top_deal[speaker]);
        if (!climb(speaker)) break;
    }
}

/* Menus. */
static int menu_find(int s, double aspiration) {
    int low = 0, high = m_size[s];
    while (low < high) {
        int middle = (low + high) / 2;
        if (menu[s][middle].own >= aspiration) low = middle + 1; else high = middle;
    }
    return low - 1;
}
static void menu_add(int s, double own, double score) {
    int size = m_size[s], place = menu_find(s, own) + 1, start = place, stop = place, slot = m_used[s];
    Entry *m = menu[s];
    if ((place > 0 && m[place - 1].score >= score - ALIKE) || slot >= CAP_M) return;
    while (start > 0 && m[start - 1].own <= own) start--;
    while (stop < size && m[stop].score <= score + ALIKE) stop++;
    int move = start + 1 - stop;
    if (move > 0) for (int k = size - 1; k >= stop; k--) m[k + move] = m[k];
    else if (move < 0) for (int k = stop; k < size; k++) m[k + move] = m[k];
    m[start].own = own;
    m[start].score = score;
    m[start].slot = slot;
    for (int c = 0; c < C; c++) m_deal[s][slot][c] = deal[c];
    m_used[s] = slot + 1;
    m_size[s] = size + move;
}
static int walk_path(int speaker, int n, double low, double high) {
    build_hulls(speaker);
    double own = -flo[speaker];
    for (int c = 0; c < C; c++) {
        position[c] = 0;
        look_ahead(speaker, c);
        deal[c] = hull[c][0];
        own += value[speaker][c][deal[c]];
    }
    for (;;) {
        int edge = next_edge();
        if (edge < 0 || own - cost_of[edge] < high) break;
        own -= cost_of[edge];
        deal[edge] = hull[edge][++position[edge]];
        look_ahead(speaker, edge);
    }
    recall(deal);
    while (n < CAP_V - 1) {
        int edge = next_edge();
        v_score[n] = believed_score();
        keep_vertex(n);
        if (gains[speaker] >= low) menu_add(speaker, gains[speaker], v_score[n]);
        n++;
        if (edge < 0 || gains[speaker] < low) break;
        position[edge]++;
        look_ahead(speaker, edge);
        change_option(edge, hull[edge][position[edge]]);
    }
    return n;
}
static int reweigh(int s, double aspiration) {
    int entry = menu_find(s, aspiration);
    if (entry < 0) return 0;
    recall(m_deal[s][menu[s][entry].slot]);
    score_slopes(weight);
    double total = 0.0;
    for (int k = 0; k < n_needed; k++) total += weight[k];
    return total > TINY;
}
static void improve_vertex(int s, int v, double low) {
    for (int c = 0; c < C; c++) deal[c] = v_deal[v][c];
    for (int q = 0; q < P; q++) gains[q] = v_gain[v][q];
    score_slopes(gradient);
    for (int c = 0; c < C; c++) {
        int here = v_deal[v][c];
        double own_here = v_gain[v][s] - value[s][c][here];
        for (int k = 0; k < O; k++) {
            int o = ranked[c][k];
            double own = own_here + value[s][c][o];
            if (own < low) break;
            if (o == here) continue;
            int entry = menu_find(s, own);
            if (entry >= 0) {
                double bound = v_score[v] + TINY;
                for (int j = 0; j < n_needed; j++) {
                    double rise = gradient[j] * (value[needed[j]][c][o] - value[needed[j]][c][here]);
                    bound += rise > -term[j] ? -term[j] : rise;
                }
                if (bound <= menu[s][entry].score) continue;
            }
            for (int q = 0; q < P; q++) gains[q] = v_gain[v][q] + value[q][c][o] - value[q][c][here];
            deal[c] = o;
            menu_add(s, own, believed_score());
            deal[c] = here;
        }
    }
}
static int seen_before(int n, double score, double own, int s) {
    for (int k = 0; k < n; k++)
        if (v_score[k] == score && v_gain[k][s] == own) return 1;
    return 0;
}
static void improve_menu(int s, int n, double low, double high) {
    for (int v = 0; v < n; v++) {
        double own = v_gain[v][s], score = v_score[v];
        if (seen_before(v, score, own, s)) continue;
        int entry = menu_find(s, own);
        if (own < low || entry < 0 || menu[s][entry].score <= score + TINY) improve_vertex(s, v, low);
    }
    int start = menu_find(s, high);
    if (start < 0) start = 0;
    int first = m_size[s] - start;
    if (first > 3 && n_needed > 1) return;
    Entry second[CAP_M];
    for (int k = 0; k < first; k++) second[k] = menu[s][start + k];
    for (int k = 0; k < first; k++) {
        if (seen_before(n, second[k].score, second[k].own, s)) continue;
        if (menu[s][menu_find(s, second[k].own)].score > second[k].score + TINY) continue;
        recall(m_deal[s][second[k].slot]);
        keep_vertex(CAP_V - 1);
        v_score[CAP_V - 1] = second[k].score;
        improve_vertex(s, CAP_V - 1, low);
    }
}
static void build_menu(int s, double low, double high) {
    int n = 0;
    start_speaker(s);
    m_size[s] = m_used[s] = 0;
    low -= SLACK;
    recall(top_deal[s]);
    menu_add(s, gains[s], believed_score());
    for (int path = 0; path < PATHS - 1; path++) {
        if (path == 0) for (int k = 0; k < n_needed; k++) weight[k] = 0.5 * PREC;
        else if (n_needed < 2) continue;
        if (path == 1 && !reweigh(s, low)) continue;
        if (path == 2) {
            double middle = 0.5 * (low + high);
            if (menu_find(s, middle) == menu_find(s, low) || !reweigh(s, middle)) continue;
        }
        weigh_others();
        n = walk_path(s, n, low, high);
    }
    improve_menu(s, n, low, high);
}

/* Rounds. */
static double gap[MAXP], top_now[MAXP], gain[MAXP][MAXP], error_of[MAXP];
static int offer[MAXP][MAXC], passes[MAXP];

static void propose(int p, int step, int n_rounds, double exponent) {
    double share = n_rounds <= 1 ? 0.0 : 1.0 - pow((double)step / (n_rounds - 1), 1.0 / exponent);
    gap[p] = top_now[p] <= 0.0 ? 0.0 : top_now[p] * share;
    if (step == 0) build_menu(p, 0.0, gap[p]);
    const int *chosen = top_deal[p];
    int entry = menu_find(p, gap[p] - SLACK), same = step > 0;
    if (entry >= 0) chosen = m_deal[p][menu[p][entry].slot];
    passes[p] = 1;
    for (int c = 0; c < C; c++) {
        if (chosen[c] != 0) passes[p] = 0;
        if (chosen[c] != offer[p][c]) { same = 0; offer[p][c] = chosen[c]; }
    }
    if (same) return;
    for (int q = 0; q < P; q++) {
        double total = 0.0;
        for (int c = 0; c < C; c++) total += value[q][c][chosen[c]];
        gain[p][q] = total - flo[q];
    }
}
static int agreed(int p) {
    for (int q = 0; q < P; q++)
        if (q != p && !(gain[p][q] >= 0.0 && gain[p][q] - gap[q] + error_of[q] >= 0.0)) return 0;
    return 1;
}
static int play(uint64_t key, int n_rounds, const double *exponent, const uint64_t *name) {
    for (int p = 0; p < P; p++) {
        double u = uniform(key, slot_of(2, 0, name[p], name[p]));
        error_of[p] = log(u / (1.0 - u)) / PREC;
        find_top(p);
        double total = 0.0;
        for (int c = 0; c < C; c++) total += value[p][c][top_deal[p][c]];
        top_now[p] = total - flo[p];
    }
    int start = (int)(uniform(key, slot_of(1, 0, 0, 0)) * P);
    if (start > P - 1) start = P - 1;
    for (int step = 0; step < n_rounds; step++) {
        for (int p = 0; p < P; p++) propose(p, step, n_rounds, exponent[p]);
        for (int k = 0; k < P; k++) {
            int p = (start + k) % P;
            if (passes[p] || !agreed(p)) continue;
            for (int c = 0; c < C; c++) deal[c] = offer[p][c];
            return step;
        }
    }
    return -1;
}

/* All domains: contribution [D, P, C, O], reservation and exponent [D, P], name [P]; rounds [D], deals [D, C]. */
int talks(int D, int n_parties, int n_issues, int n_options, int n_rounds, double precision, const double *contribution,
          const double *reservation, const double *exponent, const uint64_t *name, uint64_t seed, int64_t *rounds,
          int64_t *deals) {
    if (n_parties > MAXP || n_issues > MAXC || n_options > MAXO) return 1;
    P = n_parties, C = n_issues, O = n_options, PREC = precision;
    CAP_V = PATHS * (C * O + 2) + 1, CAP_M = 4 * C * O + 64;
    for (int d = 0; d < D; d++) {
        for (int p = 0; p < P; p++) {
            flo[p] = reservation[d * P + p];
            for (int c = 0; c < C; c++)
                for (int o = 0; o < O; o++) value[p][c][o] = *contribution++;
        }
        rounds[d] = play(run_key(seed, d, 0), n_rounds, exponent + d * P, name);
        for (int c = 0; c < C; c++) deals[d * C + c] = rounds[d] < 0 ? 0 : deal[c];
    }
    return 0;
}
