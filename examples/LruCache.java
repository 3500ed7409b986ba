import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * A map of limited size that forgets the entry that was not used for longest.
 *
 * <pre>javac -d build examples/LruCache.java &amp;&amp; java -cp build LruCache</pre>
 */
public class LruCache<K, V> {

    private static final class Node<K, V> {
        private final K key;
        private V value;
        private Node<K, V> previous;
        private Node<K, V> next;

        private Node(K key, V value) {
            this.key = key;
            this.value = value;
        }
    }

    private final int capacity;
    private final Map<K, Node<K, V>> nodes = new HashMap<>();
    private Node<K, V> newest;
    private Node<K, V> oldest;

    /**
     * Creates an empty cache.
     *
     * @param capacity the largest number of entries, at least 1
     */
    public LruCache(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1: " + capacity);
        }
        this.capacity = capacity;
    }

    /**
     * Returns the value of a key and marks it as used.
     *
     * @throws NoSuchElementException if the key is not in the cache
     */
    public V get(K key) {
        Node<K, V> node = nodes.get(key);
        if (node == null) {
            throw new NoSuchElementException("no such key: " + key);
        }
        unlink(node);
        pushFront(node);
        return node.value;
    }

    /**
     * Stores a value; forgets the oldest entry if the cache is full.
     */
    public void put(K key, V value) {
        Node<K, V> node = nodes.get(key);
        if (node != null) {
            node.value = value;
            unlink(node);
            pushFront(node);
            return;
        }
        if (nodes.size() == capacity) {
            nodes.remove(oldest.key);
            unlink(oldest);
        }
        node = new Node<>(key, value);
        nodes.put(key, node);
        pushFront(node);
    }

    /**
     * Returns the number of entries.
     */
    public int size() {
        return nodes.size();
    }

    private void pushFront(Node<K, V> node) {
        node.previous = null;
        node.next = newest;
        if (newest != null) {
            newest.previous = node;
        }
        newest = node;
        if (oldest == null) {
            oldest = node;
        }
    }

    private void unlink(Node<K, V> node) {
        if (node.previous != null) {
            node.previous.next = node.next;
        } else {
            newest = node.next;
        }
        if (node.next != null) {
            node.next.previous = node.previous;
        } else {
            oldest = node.previous;
        }
    }

    public static void main(String[] args) {
        LruCache<String, Integer> cache = new LruCache<>(2);
        cache.put("one", 1);
        cache.put("two", 2);
        cache.get("one");
        cache.put("three", 3);
        System.out.println(cache.size() + " entries, one is " + cache.get("one"));
    }
}
