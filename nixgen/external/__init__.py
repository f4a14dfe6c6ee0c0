"""nixgen.external"""
