export default { optimizeDeps: { exclude: ['serin'] } };
