// The editor's first text: a few lines of each language, with an end that calls for a suggestion.

/** @type {Record<string, { title: string, text: string }>} */
export const LANGUAGES = {
  python: {
    title: 'Python',
    text: `import os


class Shelf:
    """Books by title."""

    def __init__(self, books=None):
        self.books = dict(books or {})

    def add(self, title, pages):
        self.books[title] = pages
        return self

    def longest(self):
        return max(self.books, key=self.books.get)

    def remove(self, title):
        `,
  },
  c: {
    title: 'C',
    text: `#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list {
    int *items;
    size_t count, room;
};

int list_add(struct list *list, int item) {
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 8;
        int *items = realloc(list->items, room * sizeof *items);
        if (items == NULL)
            return -1;
        list->items = items;
        `,
  },
  java: {
    title: 'Java',
    text: `import java.util.ArrayList;
import java.util.List;

public class Stack<T> {
    private final List<T> items = new ArrayList<>();

    public void push(T item) {
        items.add(item);
    }

    public boolean isEmpty() {
        return `,
  },
  cpp: {
    title: 'C++',
    text: `#include <string>
#include <vector>

class Names {
public:
    void add(const std::string &name) { names_.push_back(name); }

    bool contains(const std::string &name) const {
        for (const auto &one : names_)
            `,
  },
  go: {
    title: 'Go',
    text: `package main

import "fmt"

func sum(numbers []int) int {
	total := 0
	for _, number := range numbers {
		`,
  },
  javascript: {
    title: 'JavaScript',
    text: `export function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    `,
  },
  typescript: {
    title: 'TypeScript',
    text: `interface Point {
  x: number;
  y: number;
}

export function distance(a: Point, b: Point): number {
  const dx = a.x - b.x;
  const dy = `,
  },
  rust: {
    title: 'Rust',
    text: `pub struct Counter {
    count: u32,
}

impl Counter {
    pub fn new() -> Self {
        Counter { count: 0 }
    }

    pub fn increment(&mut self) {
        `,
  },
  php: {
    title: 'PHP',
    text: `<?php

function average(array $numbers): float
{
    $total = 0;
    foreach ($numbers as $number) {
        `,
  },
  kotlin: {
    title: 'Kotlin',
    text: `data class Book(val title: String, val pages: Int)

class Shelf {
    private val books = mutableListOf<Book>()

    fun add(book: Book) {
        `,
  },
  shell: {
    title: 'Shell',
    text: `#!/bin/bash
set -euo pipefail

usage() {
  echo "usage: $0 FOLDER" >&2
  exit 1
}

[ $# -eq 1 ] || usage

for file in "$1"/*.txt; do
  `,
  },
  lua: {
    title: 'Lua',
    text: `local Shelf = {}
Shelf.__index = Shelf

function Shelf.new(books)
  return setmetatable({ books = books or {} }, Shelf)
end

function Shelf:add(title, pages)
  self.books[title] = pages
  return self
end

function Shelf:remove(title)
  `,
  },
};
