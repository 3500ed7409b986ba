/* Counts how often each word occurs in its input and prints the commonest first.
 *
 *     cc -O2 -o wordcount examples/wordcount.c && ./wordcount 10 < book.txt
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct word {
    char *text;
    size_t count;
    struct word *next;
};

struct table {
    struct word **buckets;
    size_t size;  /* number of buckets, a power of two */
    size_t used;  /* number of distinct words */
};

static size_t hash_text(const char *text)
{
    size_t hash = 1469598103934665603u;

    for (; *text != '\0'; text++) {
        hash ^= (unsigned char)*text;
        hash *= 1099511628211u;
    }
    return hash;
}

static int table_init(struct table *table, size_t size)
{
    table->buckets = calloc(size, sizeof(*table->buckets));
    if (table->buckets == NULL)
        return -1;
    table->size = size;
    table->used = 0;
    return 0;
}

static struct word *table_find(struct table *table, const char *text)
{
    struct word *word = table->buckets[hash_text(text) & (table->size - 1)];

    while (word != NULL && strcmp(word->text, text) != 0)
        word = word->next;
    return word;
}

static int table_add(struct table *table, const char *text)
{
    struct word *word = table_find(table, text);
    size_t bucket = hash_text(text) & (table->size - 1);

    if (word != NULL) {
        word->count++;
        return 0;
    }
    word = malloc(sizeof(*word));
    if (word == NULL)
        return -1;
    word->text = strdup(text);
    if (word->text == NULL) {
        free(word);
        return -1;
    }
    word->count = 1;
    word->next = table->buckets[bucket];
    table->buckets[bucket] = word;
    table->used++;
    return 0;
}

static void table_free(struct table *table)
{
    for (size_t i = 0; i < table->size; i++) {
        struct word *word = table->buckets[i];

        while (word != NULL) {
            struct word *next = word->next;

            free(word->text);
            free(word);
            word = next;
        }
    }
    free(table->buckets);
}

static int by_count(const void *left, const void *right)
{
    const struct word *a = *(struct word *const *)left;
    const struct word *b = *(struct word *const *)right;

    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    return strcmp(a->text, b->text);
}

static int read_words(FILE *input, struct table *table)
{
    char text[256];
    size_t length = 0;
    int c;

    do {
        c = getc(input);
        if (c != EOF && isalpha(c)) {
            if (length + 1 < sizeof(text))
                text[length++] = (char)tolower(c);
        } else if (length > 0) {
            text[length] = '\0';
            length = 0;
            if (table_add(table, text) != 0)
                return -1;
        }
    } while (c != EOF);
    return ferror(input) ? -1 : 0;
}

static int print_words(const struct table *table, size_t limit)
{
    struct word **words = malloc((table->used + 1) * sizeof(*words));
    size_t count = 0;

    if (words == NULL)
        return -1;
    for (size_t i = 0; i < table->size; i++)
        for (struct word *word = table->buckets[i]; word != NULL; word = word->next)
            words[count++] = word;
    qsort(words, count, sizeof(*words), by_count);
    for (size_t i = 0; i < count && i < limit; i++)
        printf("%8zu %s\n", words[i]->count, words[i]->text);
    free(words);
    return 0;
}

int main(int argc, char **argv)
{
    struct table table;
    size_t limit = argc > 1 ? strtoul(argv[1], NULL, 10) : 20;
    int status;

    if (table_init(&table, 1 << 16) != 0) {
        perror("wordcount");
        return 1;
    }
    status = read_words(stdin, &table);
    if (status == 0)
        status = print_words(&table, limit);
    if (status != 0)
        perror("wordcount");
    table_free(&table);
    return status == 0 ? 0 : 1;
}
